import { describe, expect, it } from 'vitest'
import { loadSample, samplePlan } from './sample-plan.ts'

const external = (server: string, stack = '') => `squall: 1
name: theirs
stack:
  kind: external
${stack}  nodes:
    server: {role: mcp, ${server}}
load:
  workload: customer-success
  pace: 10 s
  phases:
    - {id: steady, for: 100 s, users: 100}
objectives:
  - {id: p95, measure: tool.latency.p95, during: steady.clear, max: 2 s}
`
const here = 'url: "http://127.0.0.1:8080/mcp"'
const there = 'url: "https://mcp.example.test/mcp"'
const allowed = '  allow_hosts: [mcp.example.test]\n'

describe('a stack that Squall did not start', () => {
  it('is a server at an address, and nothing else', () => {
    const { plan, problems } = loadSample(external(here))
    expect(problems).toEqual([])
    expect(plan?.stack).toEqual({
      kind: 'external',
      preset: null,
      disposable: false,
      allowHosts: [],
      links: {},
      supervisor: null,
      nodes: {
        server: {
          ...{
            id: 'server',
            role: 'mcp',
            instances: 1,
            port: null,
            command: null,
            cwd: null,
            env: {},
            readyPath: null,
          },
          ...{ readyWithinMs: 60_000, maxConnections: null, follows: null, synchronous: false, ownDisk: false },
          url: 'http://127.0.0.1:8080/mcp',
        },
      },
    })
  })

  it('of a kind that there is not is one problem: what it has to have depends on the kind', () => {
    const { plan, problems } = loadSample(external(`${here}, auth: {env: TOKEN}`).replace('external', 'extern'))
    expect(plan).toBeNull()
    expect(problems).toMatchObject([{ path: 'stack.kind', received: 'extern', expected: 'local or external' }])
  })

  it('may want headers, whose values the plan does not hold', () => {
    const headers =
      'headers: {X-Key: {env: KEY}}, auth: {env: TOKEN}, tls: {ca: ca.pem}, era: legacy, ready: {path: /up}'
    const { plan, problems } = loadSample(external(`${there}, ${headers}`, allowed), {
      allowHosts: ['MCP.example.test'],
    })
    expect(problems).toEqual([])
    expect(plan?.stack.nodes.server).toMatchObject({
      headers: { 'X-Key': { env: 'KEY', prefix: '' }, Authorization: { env: 'TOKEN', prefix: 'Bearer ' } },
      caFile: 'ca.pem',
      era: 'legacy',
      readyPath: '/up',
    })
  })

  it.each<[why: string, server: string, stack: string, path: string, expected: RegExp]>([
    ['no address', 'era: auto', '', 'stack.nodes.server.url', /required/],
    ['an address of something else', 'url: "ftp://127.0.0.1/"', '', 'stack.nodes.server.url', /address of a server/],
    ['a login in the address', 'url: "http://me:secret@127.0.0.1/"', '', 'stack.nodes.server.url', /without a login/],
    ['a host that the plan does not name', there, '', 'stack.nodes.server.url', /allow_hosts: \[mcp.example.test\]/],
    ['a host that is none', here, '  allow_hosts: ["a:80"]\n', 'stack.allow_hosts[0]', /without a port/],
    ['a header in clear', `${here}, headers: {X-Key: secret}`, '', 'stack.nodes.server.headers.X-Key', /no secrets/],
    [
      'a header of ours',
      `${here}, headers: {Mcp-Name: {env: A}}`,
      '',
      'stack.nodes.server.headers.Mcp-Name',
      /sets Mcp-Name/,
    ],
    [
      'a header that is none',
      `${here}, headers: {"a b": {env: A}}`,
      '',
      'stack.nodes.server.headers.a b',
      /header name/,
    ],
    ['a variable that is none', `${here}, auth: {env: "Bearer x"}`, '', 'stack.nodes.server.auth.env', /variable/],
    [
      'two logins',
      `${here}, auth: {env: A}, headers: {authorization: {env: B}}`,
      '',
      'stack.nodes.server.auth',
      /either auth/,
    ],
    ['certificates without TLS', `${here}, tls: {ca: a.pem}`, '', 'stack.nodes.server.tls', /https/],
    ['a command', `${here}, command: [node, x.js]`, '', 'stack.nodes.server.command', /kind: local/],
    ['instances', `${here}, instances: 2`, '', 'stack.nodes.server.instances', /kind: local/],
    ['a preset', here, '  preset: remediated\n', 'stack.preset', /preset: null/],
    ['a link to nowhere', here, '  links: {db: {from: server, to: primary}}\n', 'stack.links.db.to', /the database/],
    ['an era that is none', `${here}, era: stone`, '', 'stack.nodes.server.era', /auto, modern, legacy/],
  ])('is refused with %s', (_why, server, stack, path, expected) => {
    const { problems } = loadSample(external(server, stack))
    expect(problems.map((problem) => problem.path)).toEqual([path])
    expect(problems[0]?.expected).toMatch(expected)
    expect(JSON.stringify(problems)).not.toContain('secret@')
    expect(problems[0]?.received).not.toContain('secret')
  })

  it.each([
    ['a node', 'fault: crash, on: server'],
    ['a link', 'fault: latency, on: db, with: {delay: 34 ms}'],
  ])('is harmed by no fault on %s', (_why, fault) => {
    const text = `${external(here)}faults:\n  - {id: bad, ${fault}, start: {phase: steady, at: 10 s}, for: 20 s}\n`
    expect(loadSample(text).problems).toMatchObject([
      { path: 'faults[0].on', expected: expect.stringContaining('did not start this server') },
    ])
  })

  it('is named on the command line too, where it is not this machine', () => {
    const plan = external(there, allowed)
    expect(loadSample(plan).problems).toMatchObject([
      { path: 'stack.nodes.server.url', expected: expect.stringContaining('--allow-host mcp.example.test') },
    ])
    expect(loadSample(plan, { allowHosts: ['mcp.example.test'] }).problems).toEqual([])
  })
})

describe('the ledger by SQL', () => {
  const withLedger = (stack: string) => `${external(here, stack)}observe: {ledger: {via: sql}}\n`

  it('makes no tables in a database that is not to be thrown away', () => {
    const { problems } = loadSample(withLedger(''))
    expect(problems).toMatchObject([
      { path: 'observe.ledger.via', expected: expect.stringMatching(/disposable: true/) },
    ])
  })

  it('does where the plan says so', () => {
    expect(loadSample(withLedger('  disposable: true\n')).problems).toEqual([])
  })
})

describe('--target', () => {
  const target = 'http://127.0.0.1:8080/mcp'

  it('turns the load of a plan at another server', () => {
    const { plan, problems } = loadSample(samplePlan, { target })
    expect(problems).toEqual([])
    expect(plan?.stack).toMatchObject({ kind: 'external', links: {}, nodes: { server: { url: target } } })
    expect(Object.keys(plan?.stack.nodes ?? {})).toEqual(['server'])
    expect([plan?.faults, plan?.observe.pool]).toEqual([[], null])
    expect(plan?.load).toEqual(loadSample(samplePlan).plan?.load)
  })

  it('leaves out what is about a fault, and says so', () => {
    const { plan } = loadSample(samplePlan, { target })
    expect(plan?.objectives.map(({ id }) => id)).toEqual(['p95'])
    expect(plan?.leftOut).toEqual([
      {
        id: 'pool',
        measure: 'pool.exhausted',
        window: 'slow',
        why: expect.stringContaining('stack.nodes.server.command'),
      },
      { id: 'back', measure: 'recovery.after_heal', window: 'slow.recovery', why: expect.anything() },
    ])
  })

  it('takes the address alone of a plan that is external already', () => {
    const { plan, problems } = loadSample(external(`${here}, auth: {env: TOKEN}`), { target: 'http://localhost:1/x' })
    expect(problems).toEqual([])
    expect(plan?.stack.nodes.server).toMatchObject({ url: 'http://localhost:1/x', headers: { Authorization: {} } })
    expect(plan?.leftOut).toBeUndefined()
  })

  it('goes together with --set', () => {
    const { plan } = loadSample(samplePlan, { target, set: ['stack.nodes.server.auth.env=TOKEN'] })
    expect(plan?.stack.nodes.server?.headers).toEqual({ Authorization: { env: 'TOKEN', prefix: 'Bearer ' } })
  })

  it.each([
    ['no address', 'there', [], /address of a server/],
    ['a login in it', 'http://me:secret@127.0.0.1/', [], /without a login/],
    ['another machine that is not allowed', 'http://192.0.2.7/mcp', [], /allow_hosts|--allow-host/],
    ['another machine than the one allowed', 'http://192.0.2.7/mcp', ['192.0.2.8'], /allow_hosts|--allow-host/],
  ])('is refused with %s', (_why, bad, allowHosts, expected) => {
    const { plan, problems } = loadSample(samplePlan, { target: bad, allowHosts })
    expect(plan).toBeNull()
    expect(problems[0]).toMatchObject({ path: 'stack.nodes.server.url', expected: expect.stringMatching(expected) })
    expect(JSON.stringify(problems)).not.toContain('secret')
  })

  it('may be another machine that the command line allows', () => {
    const { plan, problems } = loadSample(samplePlan, { target: 'http://192.0.2.7/mcp', allowHosts: ['192.0.2.7'] })
    expect(problems).toEqual([])
    expect(plan?.stack.allowHosts).toEqual(['192.0.2.7'])
  })
})
