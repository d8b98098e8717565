import { describe, expect, it } from 'vitest'
import { loadSample, samplePlan } from './sample-plan.ts'

const target = 'http://127.0.0.1:8080/mcp'
const database = 'postgres://looker@127.0.0.1:5433/shop'

const external = (node: string, links = '') => `squall: 1
name: theirs
stack:
  kind: external
  nodes:
    server: {role: mcp, url: "${target}"}
    store: {role: postgres, ${node}}
${links}load:
  workload: customer-success
  pace: 10 s
  phases:
    - {id: steady, for: 100 s, users: 100}
`
const here = `url: "${database}"`

describe('a database that Squall did not start', () => {
  it('is an address, a variable with the password, and which sessions are the system’s', () => {
    const { plan, problems } = loadSample(external(`${here}, password: {env: SHOP_PASSWORD}, own: {user: app, max: 4}`))
    expect(problems).toEqual([])
    expect(plan?.stack.nodes.store).toMatchObject({
      url: database,
      passwordEnv: 'SHOP_PASSWORD',
      own: { applications: [], users: ['app'], addresses: [], max: 4 },
    })
    expect(plan?.stack.links).toEqual({})
  })

  it('has a link where a proxy is on the way to it, by name, by address, or whichever leads there', () => {
    const proxies = ['', ', proxy: other', ', proxy: "http://127.0.0.1:8474/proxies/pg"']
    const links = proxies.map((proxy) => `  links: {way: {from: server, to: store${proxy}}}\n`)
    expect(links.map((text) => loadSample(external(here, text)).plan?.stack.links.way?.proxy)).toEqual([
      undefined,
      'other',
      'http://127.0.0.1:8474/proxies/pg',
    ])
  })

  it.each<[why: string, node: string, links: string, path: string, expected: RegExp]>([
    ['no address', 'own: {max: 3}', '', 'nodes.store.url', /required/],
    ['an address of something else', 'url: "http://127.0.0.1/"', '', 'nodes.store.url', /address of a database/],
    ['a password', 'url: "postgres://me:hunter2@127.0.0.1/x"', '', 'nodes.store.url', /PGPASSWORD/],
    ['a password behind', 'url: "postgres://127.0.0.1/x?password=hunter2"', '', 'nodes.store.url', /PGPASSWORD/],
    ['a service behind', 'url: "postgres://127.0.0.1/x?service=x"', '', 'nodes.store.url', /before the question/],
    ['a file of passwords', 'url: "postgres://127.0.0.1/x?passfile=hunter2"', '', 'nodes.store.url', /PGPASSWORD/],
    ['no variable', `${here}, password: {env: hunter2!}`, '', 'nodes.store.password.env', /the name of an environment/],
    ['another host behind', 'url: "postgres://127.0.0.1/x?host=db.test"', '', 'nodes.store.url', /before the question/],
    ['another machine', 'url: "postgres://db.test/x"', '', 'nodes.store.url', /allow_hosts: \[db.test\]/],
    ['the password itself', `${here}, password: hunter2`, '', 'nodes.store.password', /keys: env/],
    ['backups', `${here}, backups: {archive: true}`, '', 'nodes.store.backups', /did not start/],
    ['a link from elsewhere', here, '  links: {way: {from: store, to: store}}\n', 'links.way.from', /the server/],
    [
      'a proxy that is none',
      here,
      '  links: {way: {from: server, to: store, proxy: "a b"}}\n',
      'links.way.proxy',
      /--name/,
    ],
  ])('is refused with %s', (_why, node, links, path, expected) => {
    const { problems } = loadSample(external(node, links))
    expect(problems.map((problem) => [problem.path, problem.expected])).toEqual([
      [`stack.${path}`, expect.stringMatching(expected)],
    ])
    expect(JSON.stringify(problems)).not.toContain('hunter2')
  })

  const toxiproxy = 'http://127.0.0.1:8474/proxies'
  it.each<[why: string, proxy: string, expected: RegExp]>([
    ['on another machine', 'http://proxy.test:8474/proxies/pg', /allow_hosts: \[proxy.test\]/],
    ['with a login', 'http://me:hunter2@127.0.0.1:8474/proxies/pg', /without a login/],
    ['on another machine that looks like a login', 'http://127.0.0.1:8474@proxy.test/proxies/pg', /without a login/],
    ['whose name cannot be decoded', `${toxiproxy}/%E0%A4%A`, /--name/],
    ['with a query', `${toxiproxy}/pg?x=1`, /--name/],
  ])('has no proxy %s', (_why, proxy, expected) => {
    const { problems } = loadSample(external(here, `  links: {way: {from: server, to: store, proxy: "${proxy}"}}\n`))
    expect(problems).toMatchObject([
      { path: 'stack.links.way.proxy', expected: expect.stringMatching(expected), line: 8 },
    ])
    expect(JSON.stringify(problems)).not.toContain('hunter2')
  })

  it('has a proxy, or a page of metrics, on another machine that the plan and the command line name', () => {
    const links = '  links: {way: {from: server, to: store, proxy: "http://proxy.test:8474/proxies/pg"}}\n'
    const text = external(here, `${links}  allow_hosts: [proxy.test, pages.test]\n`).replace(
      `"${target}"`,
      `"${target}", metrics: {url: "http://pages.test/metrics"}`,
    )
    const pathsOf = (allowHosts: readonly string[]) => loadSample(text, { allowHosts }).problems.map(({ path }) => path)
    expect(pathsOf([])).toEqual(['stack.nodes.server.metrics.url', 'stack.links.way.proxy'])
    expect(pathsOf(['pages.test'])).toEqual(['stack.links.way.proxy'])
    expect(pathsOf(['pages.test', 'proxy.test'])).toEqual([])
  })

  it('is harmed on the way to it alone', () => {
    const faults = (fault: string) => `faults:\n  - {id: bad, ${fault}, start: {phase: steady, at: 10 s}, for: 20 s}\n`
    const links = '  links: {way: {from: server, to: store}}\n'
    const load = (fault: string) => loadSample(external(here, links) + faults(fault))
    expect(load('fault: latency, on: way, with: {delay: 34 ms}').problems).toEqual([])
    expect(load('fault: locked, on: store').problems).toMatchObject([{ path: 'faults[0].on' }])
  })
})

describe('--database', () => {
  it('names the database behind --target, as the plan calls it; faults on the way need a proxy', () => {
    const { plan, problems } = loadSample(samplePlan, { target, database })
    expect(problems).toEqual([])
    expect(plan?.stack.nodes.primary).toMatchObject({ role: 'postgres', url: database })
    expect([plan?.stack.links, plan?.faults]).toEqual([{}, []])
    expect(plan?.leftOut?.map(({ id, why }) => [id, why])).toEqual([
      ['pool', expect.stringContaining('squall proxy --upstream')],
      ['back', expect.stringContaining('squall proxy --upstream')],
    ])
  })

  it('keeps the faults on the link that a proxy is on, and what is asked of them', () => {
    const { plan, problems } = loadSample(samplePlan, { target, database, proxy: 'mine' })
    expect(problems).toEqual([])
    expect(plan?.stack.links).toEqual({ db: { id: 'db', from: 'server', to: 'primary', proxy: 'mine' } })
    expect(plan?.faults.map(({ id, on }) => [id, on])).toEqual([
      ['slow', 'db'],
      ['gone', 'db'],
    ])
    expect(plan?.objectives.map(({ id }) => id)).toEqual(['p95', 'pool', 'back'])
    expect(plan?.observe.pool).toBeNull()
    expect(plan?.leftOut).toBeUndefined()
  })

  it('keeps which sessions the plan takes for the system’s', () => {
    const text = samplePlan.replace('primary: {role: postgres}', 'primary: {role: postgres, own: {max: 7}}')
    expect(loadSample(text, { target, database }).plan?.stack.nodes.primary?.own).toMatchObject({ max: 7 })
  })

  it('takes the address alone of a plan that is external already', () => {
    const text = external(`url: "postgres://127.0.0.1:1/x", password: {env: WORD}`)
    const { plan, problems } = loadSample(text, { database, proxy: 'mine' })
    expect(problems).toEqual([])
    expect(plan?.stack.nodes.store).toMatchObject({ url: database, passwordEnv: 'WORD' })
    expect(plan?.stack.links).toMatchObject({ db: { from: 'server', to: 'store', proxy: 'mine' } })
  })

  it.each<[why: string, overrides: object, path: string]>([
    ['a stack that Squall starts', { database }, 'stack.nodes'],
    ['no address', { target, database: 'hunter2' }, 'stack.nodes.primary.url'],
    ['a password', { target, database: 'postgres://me:hunter2@127.0.0.1/x' }, 'stack.nodes.primary.url'],
    ['another machine', { target, database: 'postgres://db.test/x' }, 'stack.nodes.primary.url'],
  ])('is refused with %s, and not repeated', (_why, overrides, path) => {
    const { plan, problems } = loadSample(samplePlan, overrides)
    expect(plan).toBeNull()
    expect(problems[0]?.path).toBe(path)
    expect(JSON.stringify(problems)).not.toContain('hunter2')
  })

  it('has a proxy on this machine, or on one that the command line allows', () => {
    const proxy = 'http://proxy.test:8474/proxies/pg'
    const load = (allowHosts: readonly string[]) => loadSample(samplePlan, { target, database, proxy, allowHosts })
    expect(load([]).problems).toMatchObject([{ path: 'stack.links.db.proxy' }])
    expect(load(['proxy.test']).problems).toEqual([])
  })

  it('may be another machine that the command line allows', () => {
    const there = 'postgres://db.test/x'
    const { problems } = loadSample(samplePlan, { target, database: there, allowHosts: ['db.test'] })
    expect(problems).toEqual([])
  })
})
