import { describe, expect, it } from 'vitest'
import { loadSample, samplePlan, sampleWith } from './sample-plan.ts'

const replicated = sampleWith(
  'primary: {role: postgres}',
  'primary: {role: postgres}\n    replica: {role: postgres, follows: primary}',
)
const withLinks = replicated.replace(
  'db: {from: server, to: primary}',
  'db: {from: server, to: primary}\n    front: {from: users, to: server}\n    wal: {from: primary, to: replica}',
)

describe('a stack in which a database follows another', () => {
  it('gives the replica the slots of its primary', () => {
    const { plan, problems } = loadSample(replicated)
    expect(problems).toEqual([])
    expect(plan?.stack.nodes.primary).toMatchObject({ follows: null, maxConnections: 130 })
    expect(plan?.stack.nodes.replica).toMatchObject({ follows: 'primary', maxConnections: 130 })
  })

  it('may have more links, and faults that need a replica', () => {
    const { plan, problems } = loadSample(
      withLinks.replace('fault: down, on: db', 'fault: failing-over, on: primary').replace('on: db', 'on: front'),
    )
    expect(problems).toEqual([])
    expect(plan?.stack.links).toMatchObject({ front: { from: 'users' }, wal: { from: 'primary', to: 'replica' } })
    expect(plan?.faults.map(({ on }) => on)).toEqual(['front', 'primary'])
  })

  it('may be followed by three, some of which its commits wait for', () => {
    const { plan, problems } = loadSample(
      withLinks
        .replace(
          'replica: {role: postgres, follows: primary}',
          'replica: {role: postgres, follows: primary, synchronous: true}\n    b: {role: postgres, follows: primary}\n    c: {role: postgres, follows: primary, synchronous: false}',
        )
        .replace('to: replica}', 'to: replica}\n    wal-b: {from: primary, to: b}'),
    )
    expect(problems).toEqual([])
    const { nodes, links } = plan?.stack ?? {}
    expect(['primary', 'replica', 'b', 'c'].map((id) => nodes?.[id]?.synchronous)).toEqual([false, true, false, false])
    expect(nodes?.c).toMatchObject({ follows: 'primary', maxConnections: 130 })
    expect(links?.['wal-b']).toMatchObject({ from: 'primary', to: 'b' })
  })

  it('may be waited for to lag', () => {
    const { plan, problems } = loadSample(
      replicated.replace('start: {phase: steady, at: 55 s}', 'start: {phase: steady, at: 55 s, after: {lag: 5 s}}'),
    )
    expect(problems).toEqual([])
    expect(plan?.faults[1]?.after?.condition).toEqual({ kind: 'lag', ms: 5_000 })
  })

  it.each([
    ['users that come to a database', 'from: users, to: server', 'from: users, to: primary', 'stack.links.front.to'],
    ['a log that flows backwards', 'from: primary, to: replica', 'from: replica, to: primary', 'stack.links.wal.from'],
    ['a harm that nobody could see', 'fault: down, on: db', 'fault: narrow, on: front', 'faults[1].on'],
  ])('refuses %s', (_, piece, replacement, path) => {
    const { problems } = loadSample(withLinks.replace(piece, replacement))
    expect(problems.map((problem) => problem.path)).toEqual([path])
  })
})

const withServices = samplePlan
  .replace(
    'server: {role: mcp}',
    'server: {role: mcp}\n    cache: {role: redis, command: [x], env: {A: b}}\n    crm: {role: http, command: [y], ready: {path: /up}}',
  )
  .replace(
    'db: {from: server, to: primary}',
    'db: {from: server, to: primary}\n    to-cache: {from: server, to: cache}',
  )

describe('a stack with what the server uses beside its database', () => {
  it('starts each as the plan says, and leads the server to it by a link', () => {
    const { plan, problems } = loadSample(withServices.replace('on: db', 'on: to-cache'))
    expect(problems).toEqual([])
    expect(plan?.stack.nodes.cache).toMatchObject({ role: 'redis', command: ['x'], env: { A: 'b' }, readyPath: null })
    expect(plan?.stack.nodes.crm).toMatchObject({ role: 'http', readyPath: '/up', maxConnections: null })
    expect(plan?.faults[0]?.on).toBe('to-cache')
  })

  it.each([
    ['a harm that only a database shows', 'fault: down, on: db', 'fault: narrow, on: to-cache', 'faults[1].on'],
    [
      'a cache that calls the server',
      'from: server, to: cache',
      'from: cache, to: server',
      'stack.links.to-cache.from',
    ],
    ['one by the name that the database’s own words have', 'crm: {role', 'database: {role', 'stack.nodes.database'],
    ['no link to the database', 'db: {from: server, to: primary}', 'db: {from: server, to: crm}', 'stack.links'],
  ])('refuses %s', (_, piece, replacement, path) => {
    const { problems } = loadSample(withServices.replace(piece, replacement))
    expect(problems.map((problem) => problem.path)).toContain(path)
  })
})

it('a database whose disk is to be filled gets one of its own, and no other does', () => {
  const { plan, problems } = loadSample(replicated.replace('fault: down, on: db', 'fault: filling, on: primary'))
  expect(problems).toEqual([])
  expect(Object.values(plan?.stack.nodes ?? {}).map(({ id, ownDisk }) => [id, ownDisk])).toEqual([
    ['server', false],
    ['primary', true],
    ['replica', false],
  ])
})
