import { describe, expect, it } from 'vitest'
import { fakeCatalogue } from './fake-catalogue.ts'
import { loadPlan } from './load-plan.ts'
import { noOverrides } from './overrides.ts'
import { loadSample, samplePlan, sampleWith, textsOf } from './sample-plan.ts'

const gone = 'fault: down, on: db'
const lockedOn = (node: string): string => `fault: locked, on: ${node}`

describe('a plan that is right', () => {
  const { plan, problems } = loadSample(samplePlan)

  it('has no problems', () => {
    expect(problems).toEqual([])
  })

  it('lays phases and faults out in time', () => {
    expect(plan?.load.phases.map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
      [0, 20_000],
      [20_000, 120_000],
    ])
    expect(plan?.faults.map(({ startMs, forMs, recoveryMs }) => [startMs, forMs, recoveryMs])).toEqual([
      [30_000, 20_000, 20_000],
      [75_000, 20_000, 0],
    ])
  })

  it('fills in defaults: of the schema, of the preset, and of the fault', () => {
    expect(plan?.load).toMatchObject({ paceMs: 10_000, callTimeoutMs: 35_000, drainMs: 5_000, instances: 1 })
    expect(plan?.stack.nodes.primary).toMatchObject({ maxConnections: 130, env: {} })
    expect(plan?.stack.nodes.server).toMatchObject({ maxConnections: null, readyPath: '/ready', instances: 1 })
    expect(plan?.stack.nodes.server?.env.POOL_SIZE).toBe('50')
    expect(plan?.faults[0]?.with).toMatchObject({ delay: 34, jitter: 0, side: 'down' })
    expect(plan?.observe.pool?.map.used).toBe('database_connections_active')
  })

  it('holds bounds in the unit of their measure, and as written', () => {
    const bounds = plan?.objectives.map(({ max, is, boundText }) => [max, is, boundText])
    expect(bounds).toEqual([
      [2_000, null, '2 s'],
      [null, false, 'false'],
      [20, null, '20 s'],
    ])
  })
})

describe('a fault on a node', () => {
  it('is planned as one on a link is', () => {
    const { plan, problems } = loadSample(sampleWith(gone, `${lockedOn('primary')}, with: {table: app.audit_log}`))
    expect(problems).toEqual([])
    expect(plan?.faults[1]).toEqual({
      id: 'gone',
      fault: 'locked',
      on: 'primary',
      with: { table: 'app.audit_log' },
      startMs: 75_000,
      forMs: 20_000,
      recoveryMs: 0,
      judgedBy: 'bounded',
    })
  })

  it('may be on a node of any role where the fault names none', () => {
    for (const node of ['server', 'primary'])
      expect(loadSample(sampleWith(gone, `fault: crash, on: ${node}`)).problems).toEqual([])
  })
})

describe('extends', () => {
  const load = (texts: Readonly<Record<string, string>>, plan: string) =>
    loadPlan({ plan, loadText: textsOf(texts), catalogue: fakeCatalogue, overrides: noOverrides })

  it('changes one thing and keeps the rest; the name is not inherited', () => {
    const child = 'squall: 1\nname: child\nextends: base\nload: {pace: 5 s}\nfaults:\n  - {id: gone, for: 10 s}\n'
    const { plan, problems } = load({ base: samplePlan, child }, 'child')
    expect(problems).toEqual([])
    expect(plan).toMatchObject({ name: 'child', load: { paceMs: 5_000 }, seed: 7 })
    expect(plan?.faults.map(({ id, forMs }) => [id, forMs])).toEqual([
      ['slow', 20_000],
      ['gone', 10_000],
    ])
  })

  it('points into the file that is to blame', () => {
    const child = 'squall: 1\nname: child\nextends: base\nload: {pace: 5}\n'
    const { problems } = load({ base: sampleWith('for: 100 s', 'for: x'), child }, 'child')
    expect(problems.map(({ file, line }) => [file, line])).toEqual([
      ['child', 4],
      ['base', 16],
    ])
  })

  it('needs a name of its own', () => {
    const { problems } = load({ base: samplePlan, child: 'squall: 1\nextends: base\n' }, 'child')
    expect(problems.map(({ path }) => path)).toEqual(['name'])
  })

  it('may not go round in a circle', () => {
    const { problems } = load({ a: 'extends: b', b: 'extends: a' }, 'a')
    expect(problems[0]).toMatchObject({ path: 'extends', received: 'a → b → a', line: 1, file: 'b' })
  })

  it('tells the names there are when one is not found', () => {
    const { problems } = load({ sample: samplePlan }, 'sampel')
    expect(problems[0]?.expected).toMatch(/sample.*did you mean sample\?/)
  })
})
