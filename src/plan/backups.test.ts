import { describe, expect, it } from 'vitest'
import { loadSample, sampleWith } from './sample-plan.ts'

const primaryWith = (backups: string): string =>
  sampleWith('primary: {role: postgres}', `primary: {role: postgres, backups: ${backups}}`)
const replica = '\n    replica: {role: postgres, follows: primary}'
const fault = (name: string, plan: string): string => plan.replace('fault: down, on: db', `fault: ${name}, on: primary`)

describe('backups', () => {
  it('are none unless the plan has them', () => {
    expect(loadSample(sampleWith('seed: 7', 'seed: 8')).plan?.stack.nodes.primary?.backups).toBe(null)
  })

  it.each([
    ['{}', { archive: true, archiveTimeoutMs: 60_000, baseEveryMs: null, dumpEveryMs: null, productionBytes: null }],
    [
      '{archive: false, archive_timeout: 0 s, base_every: 24 h, dump_every: 30 min, production_size: 500 GiB}',
      {
        archive: false,
        archiveTimeoutMs: 0,
        baseEveryMs: 86_400_000,
        dumpEveryMs: 1_800_000,
        productionBytes: 500 * 2 ** 30,
      },
    ],
  ])('%s', (text, resolved) => {
    const { plan, problems } = loadSample(primaryWith(text))
    expect([problems, plan?.stack.nodes.primary?.backups]).toEqual([[], resolved])
  })

  it('of a primary are those of its replica, which archives when it takes over', () => {
    const text = sampleWith('primary: {role: postgres}', `primary: {role: postgres, backups: {}}${replica}`)
    const nodes = loadSample(text).plan?.stack.nodes
    expect(nodes?.replica?.backups).toEqual(nodes?.primary?.backups)
    expect(nodes?.replica?.backups?.archive).toBe(true)
  })

  it.each([
    ['an unknown key', primaryWith('{weekly: true}'), 'stack.nodes.primary.backups.weekly', /no such key|archive/],
    ['half a second', primaryWith('{archive_timeout: 500 ms}'), 'stack.nodes.primary.backups.archive_timeout', /whole/],
    [
      'a size without unit',
      primaryWith('{production_size: 500}'),
      'stack.nodes.primary.backups.production_size',
      /GiB/,
    ],
    ['a yes', primaryWith('true'), 'stack.nodes.primary.backups', /keys: archive/],
    [
      'of a server',
      sampleWith('server: {role: mcp}', 'server: {role: mcp, backups: {}}'),
      'stack.nodes.server.backups',
      /role postgres/,
    ],
    [
      'of a replica',
      sampleWith(
        'primary: {role: postgres}',
        'primary: {role: postgres}\n    replica: {role: postgres, follows: primary, backups: {}}',
      ),
      'stack.nodes.replica.backups',
      /those of the database/,
    ],
  ])('refused: %s', (_, text, path, expected) => {
    expect(loadSample(text).problems).toEqual([
      expect.objectContaining({ path, expected: expect.stringMatching(expected) }),
    ])
  })
})

describe('a fault whose end is a restore', () => {
  it.each([
    ['restored', '{archive: false}'],
    ['restored', '{}'],
    ['returned', '{}'],
    ['returned', '{archive: true}'],
  ])('%s is planned on a database with backups %s', (name, backups) => {
    expect(loadSample(fault(name, primaryWith(backups))).problems).toEqual([])
  })

  it.each([
    ['without backups', fault('restored', sampleWith('seed: 7', 'seed: 8')), /no other follows with backups, such as/],
    ['without an archive', fault('returned', primaryWith('{archive: false}')), /backups and an archive/],
    [
      'on a database that another follows',
      fault('restored', primaryWith('{}').replace('backups: {}}', `backups: {}}${replica}`)),
      /that no other follows/,
    ],
  ])('is refused %s', (_, text, expected) => {
    expect(loadSample(text).problems).toEqual([
      expect.objectContaining({ path: 'faults[1].on', expected: expect.stringMatching(expected) }),
    ])
  })
})
