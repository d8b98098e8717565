import { expect, test } from 'vitest'
import { parse } from 'yaml'
import type { DiscoveredTool } from './discovered-tool.ts'
import { type FirstPlan, firstPlanText } from './first-plan.ts'

const tool = (name: string, more: Partial<DiscoveredTool> = {}): DiscoveredTool => ({
  name,
  inputSchema: { type: 'object', properties: { a: {} }, required: ['a'] },
  annotations: { readOnlyHint: true },
  ...more,
})
const plan: FirstPlan = {
  name: 'first-plan',
  target: 'http://127.0.0.1:8080/mcp',
  seed: 7,
  access: { authEnv: null, headers: {}, caFile: null, allowHosts: [] },
  database: null,
  tools: [
    { tool: tool('list'), state: 'usable', sets: [{}], from: null, note: null, tookMs: 10 },
    {
      tool: tool('find'),
      state: 'usable',
      sets: [{ q: 'a' }, { q: 'b' }],
      from: null,
      note: 'degraded',
      tookMs: 1_000,
    },
    {
      tool: tool('get'),
      state: 'usable',
      sets: [{ id: '{id}' }],
      from: { answer: 'list', at: '/x' },
      note: null,
      tookMs: 10,
    },
    { tool: tool('add', { annotations: {} }), state: 'usable', sets: [{ n: 1 }], from: null, note: null, tookMs: 10 },
    { tool: tool('drop'), state: 'not_allowed', why: 'it says that it may destroy', sets: [{ id: 1 }, { id: 2 }] },
    { tool: tool('ask'), state: 'needs_arguments', why: 'bad\nnews\u001b[31m\u202e', sent: { a: 'test' } },
    { tool: tool('none'), state: 'needs_arguments', why: 'nothing fits', sent: null },
    { tool: tool('broken'), state: 'failing', why: 'timeout', sent: {} },
    { tool: tool('late: # odd'), state: 'not_tried', why: 'no time', sets: [] },
  ],
}

test('what works has a weight, what does not has none and a line that turns it on', () => {
  const text = firstPlanText(plan)
  expect(parse(text).load.with.tools).toEqual({
    list: { weight: 3 },
    find: { weight: 3, arguments: [{ q: 'a' }, { q: 'b' }] },
    get: { weight: 3, arguments: [{ id: '{id}' }], from: { answer: 'list', at: '/x' } },
    add: { weight: 1, arguments: [{ n: 1 }] },
    drop: { weight: 0, arguments: [{ id: 1 }] },
    ask: { weight: 0, arguments: [{ a: 'test' }] },
    none: { weight: 0 },
    broken: { weight: 0 },
    'late: # odd': { weight: 0 },
  })
  const above = (name: string) => text.split('\n')[text.split('\n').findIndex((line) => line.includes(`${name}:`)) - 1]
  expect(above('drop')).toBe('      # off: it says that it may destroy, and was not called. To turn it on:  weight: 1')
  expect(above('  ask')).toBe(
    '      # off: needs arguments from you (bad news [31m). To turn it on:  {weight: 3, arguments: {a: …}}',
  )
  expect(above('broken')).toContain('timeout')
  expect(above('find')).toContain('degraded')
})

test('no two ways to write the same, and nothing in it that a terminal obeys', () => {
  expect(firstPlanText(plan)).toBe(firstPlanText(plan))
  expect(firstPlanText(plan)).toMatch(/^[\P{C}\n]*$/u)
})

test('secrets are named, not told', () => {
  const access = { authEnv: 'TOKEN', headers: { 'X-Team': 'TEAM' }, caFile: 'ca.pem', allowHosts: ['mcp.test'] }
  const { stack } = parse(firstPlanText({ ...plan, target: 'https://mcp.test/mcp', access }))
  expect(stack).toEqual({
    kind: 'external',
    allow_hosts: ['mcp.test'],
    nodes: {
      server: {
        role: 'mcp',
        url: 'https://mcp.test/mcp',
        auth: { env: 'TOKEN' },
        headers: { 'X-Team': { env: 'TEAM' } },
        tls: { ca: 'ca.pem' },
      },
    },
  })
})

test('what cannot be judged is named, with a line for each', () => {
  const text = firstPlanText(plan)
  expect(text).toMatch(/^# {3}The connection pool \(pool\.\*\).*\n# {5}observe: \{pool:/m)
})

test.each([
  { why: 'no database', database: null, told: ['--database', 'squall proxy'], not: [] },
  {
    why: 'a database',
    database: { url: 'postgres://a@127.0.0.1:6543/shop', proxy: null },
    told: ['proxy --upstream postgres://127.0.0.1:6543\n', '--database postgres://a@127.0.0.1:6543/shop'],
    not: [':5432'],
  },
  {
    why: 'a proxy before it',
    database: { url: 'postgres://a@127.0.0.1/shop', proxy: 'database' },
    told: ['kind: local'],
    not: ['squall proxy'],
  },
])('with $why the plan holds what can be measured, and names the rest', ({ database, told, not }) => {
  const text = firstPlanText({ ...plan, database })
  const { stack, load, faults, objectives } = parse(text)
  const measures = objectives.map(({ measure }: { measure: string }) => measure)
  expect(stack.nodes.database).toEqual(database === null ? undefined : { role: 'postgres', url: database.url })
  expect(measures.includes('database.connections.peak')).toBe(database !== null)
  expect(measures.includes('pool.exhausted')).toBe(database?.proxy === 'database')
  expect(faults?.[0].on).toBe(database?.proxy === 'database' ? 'db' : undefined)
  // The looks at the sessions that a pool which nobody tells of is derived from, in a quick run too.
  if (faults !== undefined) expect(Number.parseFloat(faults[0].for) * 0.35 * 4).toBeGreaterThan(80)
  const unharmedS = Number.parseFloat(load.phases.at(-1).for) - (faults === undefined ? 0 : 60 + 15)
  expect(unharmedS).toBeGreaterThanOrEqual(25)
  expect(stack.links?.db.proxy).toBe(database?.proxy ?? undefined)
  for (const words of told) expect(text).toContain(words)
  for (const words of not) expect(text).not.toContain(words)
})

test('a tool that is slow makes the pace', () => {
  const slow = { tool: tool('report'), state: 'usable', sets: [{}], from: null, note: null, tookMs: 1_500 } as const
  const text = firstPlanText({ ...plan, tools: [...plan.tools, slow] })
  const { load } = parse(text)
  expect(load).toMatchObject({ pace: '3 s', phases: [{ users: [0, 30] }, { users: 30 }] })
  expect(text).toContain('# Twice the 1.5 s that report took: ')
})
