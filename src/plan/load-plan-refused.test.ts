import { describe, expect, it } from 'vitest'
import { loadSample, sampleWith } from './sample-plan.ts'

const gone = 'fault: down, on: db'
const lockedOn = (node: string): string => `fault: locked, on: ${node}`

// Each row: why it must be refused, what of the sample is changed to what, and the problem's path and expectation.
const refused: readonly (readonly [string, string, string, string, RegExp])[] = [
  ['another format', 'squall: 1', 'squall: 2', 'squall', /^1,/],
  ['an unknown key, with a hint', 'seed: 7', 'sed: 7', 'sed', /did you mean seed\?/],
  ['an unknown key deep down', 'delay: 34 ms', 'delay: 34 ms, jiter: 5 ms', 'faults[0].with.jiter', /mean jitter\?/],
  ['a missing key', '  pace: 10 s\n', '', 'load.pace', /required/],
  ['a missing parameter', ', with: {delay: 34 ms}', '', 'faults[0].with.delay', /required/],
  ['a name with capitals', 'name: sample', 'name: Sample', 'name', /lower-case/],
  ['an unknown preset', 'remediated', 'remedied', 'stack.preset', /as-assessed, interim, remediated; did you mean/],
  ['an unknown workload', 'customer-success', 'customers', 'load.workload', /customer-success, echo/],
  ['no unit', 'pace: 10 s', 'pace: 10', 'load.pace', /with its unit.*1 ms to 24 h/],
  ['a unit that is none', 'pace: 10 s', 'pace: 10 sec', 'load.pace', /ms, s, min, h/],
  ['a phase without time', 'for: 100 s', 'for: 100 ms', 'load.phases[1].for', /1 s to 24 h/],
  ['a fraction of a user', '[0, 100]', '[0, 99.5]', 'load.phases[0].users[1]', /whole number/],
  ['users that jump', 'users: 100}', 'users: 50}', 'load.phases[1].users', /begin with the 100 users/],
  ['an unknown fault', 'fault: down', 'fault: don', 'faults[1].fault', /mean down\?/],
  ['a fault on a link that is not there', 'down, on: db', 'down, on: dc', 'faults[1].on', /a link.*db/],
  ['a fault of a link on a node', 'down, on: db', 'down, on: server', 'faults[1].on', /acts on links/],
  ['a fault of a node on a link', 'fault: down, on: db', 'fault: crash, on: db', 'faults[1].on', /acts on nodes/],
  [
    'a fault of databases on a server',
    gone,
    `${lockedOn('server')}, with: {table: a}`,
    'faults[1].on',
    /a postgres node.*: primary/,
  ],
  ['no table', gone, lockedOn('primary'), 'faults[1].with.table', /required/],
  [
    'no name of a table',
    gone,
    `${lockedOn('primary')}, with: {table: "a; drop"}`,
    'faults[1].with.table',
    /letters, digits and _/,
  ],
  ['a name of three parts', gone, `${lockedOn('primary')}, with: {table: a.b.c}`, 'faults[1].with.table', /one dot/],
  ['a start in no phase', 'steady, at: 55 s', 'stedy, at: 55 s', 'faults[1].start.phase', /mean steady\?/],
  ['a start after its phase', 'at: 55 s', 'at: 101 s', 'faults[1].start.at', /within steady, which takes 100 s/],
  ['a fault beyond the end', 'at: 55 s', 'at: 81 s', 'faults[1].for', /at 2 min, or before: it is 1 s too late/],
  ['a recovery beyond the end', 'recovery: 20 s', 'recovery: 71 s', 'faults[0].recovery', /the recovery of slow/],
  ['a fault too short to be seen', '55 s}, for: 20 s', '55 s}, for: 2 s', 'faults[1].for', /3 s or more/],
  ['a parameter above its bound', '34 ms', '34 s', 'faults[0].with.delay', /1 ms to 30 s/],
  ['a ratio above 1', '34 ms}', '34 ms, share: 1.5}', 'faults[0].with.share', /ratio in 0..1/],
  ['a size without unit', '34 ms}', '34 ms, bytes: 4096}', 'faults[0].with.bytes', /at least|1 KiB or more/],
  ['a rate beyond its bound', '34 ms}', '34 ms, pace: 2000/s}', 'faults[0].with.pace', /0\/s to 1000\/s/],
  ['a count beyond its bound', '34 ms}', '34 ms, count: 10}', 'faults[0].with.count', /0\.\.9/],
  ['none of the choices', '34 ms}', '34 ms, side: left}', 'faults[0].with.side', /up, down/],
  ['no yes or no', '34 ms}', '34 ms, hard: maybe}', 'faults[0].with.hard', /true or false/],
  ['two with one id', 'id: gone', 'id: slow', 'faults[1].id', /faults\[0\]\.id has it/],
  ['an id that a link has', 'id: gone', 'id: db', 'faults[1].id', /stack\.links\.db has it/],
  [
    'a window that is not there',
    'during: steady.clear',
    'during: stedy.clear',
    'objectives[0].during',
    /mean steady\.clear/,
  ],
  ['a recovery that is not planned', 'slow.recovery', 'gone.recovery', 'objectives[2].during', /gone has no recovery/],
  ['a recovery of no length', 'recovery: 20 s', 'recovery: 0 s', 'objectives[2].during', /slow has no recovery/],
  ['an unknown measure', 'tool.latency.p95', 'tool.latency.p59', 'objectives[0].measure', /mean tool\.latency\.p95/],
  ['a measure in the wrong window', 'during: slow.recovery', 'during: slow', 'objectives[2].during', /a recovery/],
  ['no bound', ', max: 2 s', '', 'objectives[0]', /exactly one of max, min/],
  ['two bounds', 'max: 2 s', 'max: 2 s, min: 1 s', 'objectives[0]', /exactly one/],
  ['a bound without its unit', 'max: 2 s', 'max: 2', 'objectives[0].max', /with its unit/],
  ['yes or no for a number', 'max: 2 s', 'is: true', 'objectives[0].is', /max or min.*ms/],
  ['a number for a yes or no', 'is: false', 'max: 1', 'objectives[1].max', /^is as/],
  ['judged in a phase that is not', 'during: steady.clear', 'during: warm-up', 'objectives[0].judged', /judged: false/],
  [
    'within where it means nothing',
    'max: 2 s',
    'max: 2 s, within: 1 s',
    'objectives[0].within',
    /only tool\.good_ratio/,
  ],
  ['where on what has no tools', 'is: false', 'is: false, where: {tool: "*"}', 'objectives[1].where', /one tool/],
  [
    'a tool that is not there',
    'max: 2 s',
    'max: 2 s, where: {tool: get_custmer}',
    'objectives[0].where.tool',
    /mean get_customer/,
  ],
  [
    'the wrong role for a key',
    'role: mcp',
    'role: mcp, max_connections: 50',
    'stack.nodes.server.max_connections',
    /role postgres has/,
  ],
  [
    'a cache without a command',
    'server: {role: mcp}',
    'server: {role: mcp}\n    cache: {role: redis}',
    'stack.nodes.cache.command',
    /starts it/,
  ],
  [
    'a cache that is asked by a path',
    'server: {role: mcp}',
    'server: {role: mcp}\n    cache: {role: redis, command: [x], ready: {path: /ready}}',
    'stack.nodes.cache.ready.path',
    /by PING/,
  ],
  [
    'slots of an integration',
    'server: {role: mcp}',
    'server: {role: mcp}\n    crm: {role: http, command: [x], max_connections: 50}',
    'stack.nodes.crm.max_connections',
    /role postgres has/,
  ],
  [
    'a command of a database',
    'role: postgres',
    'role: postgres, command: [x]',
    'stack.nodes.primary.command',
    /role mcp or http or redis has/,
  ],
  [
    'a variable that Squall sets',
    'role: mcp',
    'role: mcp, env: {PORT: 1}',
    'stack.nodes.server.env.PORT',
    /sets PORT itself/,
  ],
  ['a link from nowhere', 'from: server', 'from: sever', 'stack.links.db.from', /mean server/],
  [
    'a stack that may not be harmed',
    '  preset:',
    '  disposable: false\n  preset:',
    'stack.disposable',
    /^true: a local/,
  ],
  ['a name that a process has', 'id: gone', 'id: toxiproxy', 'faults[1].id', /not run, users, toxiproxy/],
  ['two servers', 'server: {role: mcp}', 'server: {role: mcp}\n    other: {role: mcp}', 'stack.nodes', /exactly one/],
  [
    'a fault that waits for a lag that nobody can have',
    'start: {phase: steady, at: 55 s}',
    'start: {phase: steady, at: 55 s, after: {lag: 1 s}}',
    'faults[1].start.after',
    /no lag: no database/,
  ],
  [
    'a database that follows nobody there is',
    'primary: {role: postgres}',
    'primary: {role: postgres}\n    replica: {role: postgres, follows: primer}',
    'stack.nodes.replica.follows',
    /follows none: primary/,
  ],
  [
    'a replica of a replica',
    'primary: {role: postgres}',
    'primary: {role: postgres}\n    a: {role: postgres, follows: primary}\n    b: {role: postgres, follows: a}',
    'stack.nodes.b.follows',
    /follows none: primary/,
  ],
  [
    'a replica with slots of its own',
    'primary: {role: postgres}',
    'primary: {role: postgres}\n    replica: {role: postgres, follows: primary, max_connections: 50}',
    'stack.nodes.replica.max_connections',
    /as many as/,
  ],
  [
    'more replicas than may follow',
    'primary: {role: postgres}',
    `primary: {role: postgres}${['a', 'b', 'c', 'd'].map((id) => `\n    ${id}: {role: postgres, follows: primary}`).join('')}`,
    'stack.nodes',
    /^at most 3/,
  ],
  [
    'a primary that is waited for',
    'primary: {role: postgres}',
    'primary: {role: postgres, synchronous: true}',
    'stack.nodes.primary.synchronous',
    /only a database that follows/,
  ],
  [
    'a server that is waited for',
    'role: mcp',
    'role: mcp, synchronous: true',
    'stack.nodes.server.synchronous',
    /has no synchronous/,
  ],
  ['nobody but followers', 'role: postgres', 'role: postgres, follows: primary', 'stack.nodes', /follows none/],
  ['a server that follows', 'role: mcp', 'role: mcp, follows: primary', 'stack.nodes.server.follows', /has no follows/],
  [
    'a fail-over where nobody could take over',
    'fault: down, on: db',
    'fault: failing-over, on: primary',
    'faults[1].on',
    /a database follows another/,
  ],
  [
    'two links for one way',
    'db: {from: server, to: primary}',
    'db: {from: server, to: primary}\n    again: {from: server, to: primary}',
    'stack.links',
    /^one$/,
  ],
  [
    'no way from the server to its database',
    'db: {from: server, to: primary}',
    'db: {from: users, to: server}',
    'stack.links',
    /from the server to the database/,
  ],
  ['a pool of no server', 'pool: {node: server}', 'pool: {node: primary}', 'observe.pool.node', /role mcp/],
  [
    'samples too far apart',
    'pool: {node: server}',
    'pool: {node: server, every: 5 s}',
    'observe.pool.every',
    /50 ms to 1 s/,
  ],
  [
    'an unknown pool field',
    'pool: {node: server}',
    'pool: {node: server, map: {usd: x}}',
    'observe.pool.map.usd',
    /mean used/,
  ],
]

// Keys that the schema has and this version does not carry out: never ignored.
const later: readonly (readonly [string, string, string])[] = [
  ['  preset:', '  kind: compose\n  preset:', 'stack.kind'],
  ['  pace:', '  instances: 2\n  pace:', 'load.instances'],
  ['seed: 7', 'alerts: [{rule: x}]', 'alerts'],
]

describe('a plan that is wrong', () => {
  it.each(refused)('%s', (_, piece, replacement, path, expected) => {
    const { plan, problems } = loadSample(sampleWith(piece, replacement))
    expect(plan).toBeNull()
    const found = problems.filter((problem) => problem.path === path)
    expect(found, JSON.stringify(problems)).toHaveLength(1)
    expect(found[0]?.expected).toMatch(expected)
    expect(found[0]?.file).toBe('sample.yaml')
  })

  it.each(later)('asks for what is not in this version: %s → %s', (piece, replacement, path) => {
    const { problems } = loadSample(sampleWith(piece, replacement))
    expect(problems.map((problem) => problem.path)).toEqual([path])
    expect(problems[0]?.expected).toMatch(/not in this version/)
  })

  it.each(['null', '{}', '[]'])('may name such keys when they ask for nothing: %s', (nothing) => {
    const text = sampleWith('seed: 7', `alerts: ${nothing}`)
    expect(loadSample(text).problems).toEqual([])
  })

  it('is told all at once, each with its line and what was received', () => {
    const text = sampleWith('pace: 10 s', 'pace: 10').replace('fault: down', 'fault: don').replace('max: 2 s', 'max: 2')
    const told = loadSample(text).problems.map(({ path, line, received }) => [path, line, received])
    expect(told).toEqual([
      ['load.pace', 13, '10'],
      ['faults[1].fault', 19, 'don'],
      ['objectives[0].max', 23, '2'],
    ])
  })

  it('has no follow-up problems: a broken phase is still known by its id', () => {
    const paths = loadSample(sampleWith('for: 100 s', 'for: long')).problems.map(({ path }) => path)
    expect(paths).toEqual(['load.phases[1].for'])
  })

  it.each([
    ['a: [', 'the bracket is never closed'],
    ['a: 1\na: 2', 'a key twice'],
    ['a: &x 1\nb: *x', 'aliases could blow up'],
    ['', 'an empty file'],
    ['- 1', 'no map'],
    [`a: ${'['.repeat(60)}${']'.repeat(60)}`, 'too deep'],
  ])('is refused as YAML: %j, %s', (text) => {
    const { plan, problems } = loadSample(text)
    expect(plan).toBeNull()
    expect(problems.length).toBeGreaterThan(0)
  })
})
