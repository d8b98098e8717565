import { expect, test } from 'vitest'
import type { NodeSpec } from '../domain/plan.ts'
import { openAccess } from '../mcp-client/access.ts'
import { legacy, listing, modern, sayJson, startStrangeServer } from '../mcp-client/testing/strange-server.ts'
import { type FindSpec, findTarget } from './find-target.ts'

const specOf = (mcpUrl: string, server: Partial<NodeSpec> = {}, kind: 'local' | 'external' = 'external'): FindSpec => ({
  plan: { stack: { nodes: { server } } } as never,
  stack: { kind, mcpUrl, serverId: 'server' },
  access: openAccess,
  tools: [
    { name: 'a', weight: 1 },
    { name: 'off', weight: 0 },
  ],
  note: () => undefined,
})

test.each([
  { why: 'modern', behave: modern, era: 'modern' },
  { why: 'legacy', behave: legacy(new Set()), era: 'legacy' },
])('finds the era of an external server: $why', async ({ behave, era }) => {
  await using server = await startStrangeServer(behave)
  expect(await findTarget(specOf(server.url))).toEqual({ ...openAccess, url: server.url, era })
})

test('the reference server is taken as it is: nobody asks it', async () => {
  expect(await findTarget(specOf('http://127.0.0.1:1/mcp', {}, 'local'))).toMatchObject({ era: 'legacy' })
  expect(await findTarget(specOf('http://127.0.0.1:1/mcp', { era: 'modern' }, 'local'))).toMatchObject({
    era: 'modern',
  })
})

test('a server of the plan’s command that does not tell is taken as it is too', async () => {
  expect(await findTarget(specOf('http://127.0.0.1:1/mcp', { command: ['x'] }, 'local'))).toMatchObject({ era: null })
})

test.each([
  { why: 'none at all', tools: [], expected: /lists no tools/ },
  { why: 'others', tools: [{ name: 'x' }, { name: 'y' }], expected: /calls: a; it lists x, y$/ },
])(
  'a server with other tools than the workload calls is refused before anything is: $why',
  async ({ tools, expected }) => {
    await using server = await startStrangeServer(listing(tools))
    const refused = findTarget(specOf(server.url))
    await expect(refused).rejects.toMatchObject({
      exitCode: 64,
      message: expect.stringMatching(expected),
      hint: expect.stringContaining('load.with.tools'),
    })
    expect(server.asked).not.toContain('tools/call')
  },
)

test('a listing that fails is noted, and the calls will tell', async () => {
  await using server = await startStrangeServer(listing([]))
  const broken = listing([])
  server.behave = (message, response, request) =>
    message.method === 'tools/list' ? void response.writeHead(500).end() : broken(message, response, request)
  const notes: string[] = []
  await findTarget({ ...specOf(server.url), note: (text) => notes.push(text) })
  expect(notes).toEqual(['its tools cannot be listed: tools/list: HTTP 500'])
})

test.each([
  { why: 'nobody', url: 'http://127.0.0.1:1/mcp', server: {} },
  { why: 'another machine', url: 'http://192.0.2.1/mcp', server: {} },
])('$why there: told before the load', async ({ url, server }) => {
  await expect(findTarget(specOf(url, server))).rejects.toMatchObject({ kind: 'server_does_not_answer', exitCode: 3 })
})

test('an era that it does not speak', async () => {
  await using server = await startStrangeServer(legacy(new Set()))
  await expect(findTarget(specOf(server.url, { era: 'modern' }))).rejects.toThrow(/speaks 2025-06-18.*era modern/)
})

test.each([
  { why: 'none was sent', headers: {}, hint: /^name the variable that holds the token: stack\.nodes\.server\.auth/ },
  { why: 'one was sent', headers: { Authorization: 'Bearer old' }, hint: /^it was sent Authorization, and does not/ },
])('a login that is wanted, where $why', async ({ headers, hint }) => {
  await using server = await startStrangeServer((_, response) => sayJson(response, 401, {}))
  const refused = findTarget({ ...specOf(server.url), access: { ...openAccess, headers } })
  await expect(refused).rejects.toMatchObject({ exitCode: 3, hint: expect.stringMatching(hint) })
})
