import { expect, test } from 'vitest'
import type { McpClientError } from './client-error.ts'
import { connect } from './connect.ts'
import { certificate, certificateKey } from './testing/certificate.ts'
import { type Behaviour, legacy, modern, sayEvents, sayJson, startStrangeServer } from './testing/strange-server.ts'

const limitMs = 1_000

async function failure(work: Promise<unknown>): Promise<McpClientError> {
  return await work.then(
    () => expect.fail('it should have been refused'),
    (error: McpClientError) => error,
  )
}

test('a server of the stateless era: known by its first answer, listed page by page, called', async () => {
  await using server = await startStrangeServer(modern)
  await using client = await connect(server.url, { limitMs })
  expect([client.era, client.version]).toEqual(['modern', '2026-07-28'])
  expect((await client.listTools()).map(({ name }) => name)).toEqual(['a', 'b', 'c'])
  expect(await client.callTool('a', { x: 1 })).toEqual({ outcome: 'ok', status: 200, content: { x: 1 } })
  expect(server.asked).not.toContain('initialize')
})

test('a server with sessions: initialized, asked in its session, told goodbye', async () => {
  const sessions = new Set<string>()
  await using server = await startStrangeServer(legacy(sessions))
  const client = await connect(server.url, { limitMs })
  expect([client.era, client.version]).toEqual(['legacy', '2025-06-18'])
  expect(await client.listTools()).toHaveLength(3)
  expect(await client.callTool('a', { x: 1 })).toMatchObject({ outcome: 'ok', content: { x: 1 } })
  expect(sessions.size).toBe(1)
  await client.close()
  expect(sessions.size).toBe(0)
})

test('a session that was forgotten is opened anew, once, for a call and for a listing', async () => {
  const sessions = new Set<string>()
  await using server = await startStrangeServer(legacy(sessions))
  await using client = await connect(server.url, { limitMs })
  sessions.clear()
  expect(await client.callTool('a', {})).toMatchObject({ outcome: 'ok' })
  sessions.clear()
  expect(await client.listTools()).toHaveLength(3)
  sessions.clear()
  expect(await client.callOnce('a', {})).toMatchObject({ outcome: 'http_error', status: 404 })
  expect(await client.callOnce('a', {})).toMatchObject({ outcome: 'ok' })
})

test('the era that is asked for is spoken, and not found out', async () => {
  await using server = await startStrangeServer(legacy(new Set()))
  await using client = await connect(server.url, { limitMs, era: 'legacy' })
  expect(client.era).toBe('legacy')
  expect(server.asked.slice(0, 2)).toEqual(['initialize', 'notifications/initialized'])
  server.asked.length = 0
  await using wrong = await connect(server.url, { limitMs, era: 'modern' })
  expect(server.asked).toEqual([])
  expect(await failure(wrong.listTools())).toMatchObject({ kind: 'protocol' })
})

const redirect =
  (location: string): Behaviour =>
  (_message, response) =>
    void response.writeHead(307, { Location: location }).end()

test('the address may lead on to an allowed place; that one is the address from then on', async () => {
  await using end = await startStrangeServer(modern)
  await using server = await startStrangeServer(redirect(end.url))
  await using client = await connect(server.url, { limitMs })
  expect(client.url).toBe(end.url)
})

test('the headers that prove who one is are not shown to another server', async () => {
  await using end = await startStrangeServer(modern)
  await using server = await startStrangeServer(redirect(end.url))
  const headers = { Authorization: 'Bearer secret' }
  expect(await failure(connect(server.url, { limitMs, headers }))).toMatchObject({ kind: 'redirect' })
  expect(end.connections()).toBe(0)
})

test.each(['http://192.0.2.1/mcp', '//192.0.2.1/mcp', 'ftp://127.0.0.1/x'])(
  'nothing follows to %s',
  async (location) => {
    await using server = await startStrangeServer(redirect(location))
    expect(await failure(connect(server.url, { limitMs }))).toMatchObject({ kind: 'redirect' })
  },
)

test('a circle of redirects ends', async () => {
  await using server = await startStrangeServer(redirect('/mcp'))
  expect(await failure(connect(server.url, { limitMs }))).toMatchObject({ kind: 'redirect' })
  expect(server.asked).toHaveLength(4)
})

test('a host that is not allowed is refused before a socket opens', async () => {
  const refused = await failure(connect('http://192.0.2.1:9/mcp', { limitMs: 60_000 }))
  expect(refused).toMatchObject({ kind: 'host' })
})

const opened = (then: Behaviour): Behaviour => {
  const sessions = new Set<string>()
  const usual = legacy(sessions)
  return (message, response, request) =>
    message.method.startsWith('tools/') && request.headers['mcp-session-id'] !== undefined
      ? then(message, response, request)
      : usual(message, response, request)
}

test.each<{ why: string; behave: Behaviour; outcome: string; detail: RegExp }>([
  {
    why: "another request's id",
    behave: (_message, response) => sayJson(response, 200, { id: 'other', result: { content: [] } }),
    outcome: 'wrong_answer',
    detail: /another request's id/,
  },
  {
    why: 'half a frame',
    behave: ({ id }, response) =>
      void response.writeHead(200, { 'Content-Type': 'text/event-stream' }).end(`data: {"jsonrpc":"2.0","id":"${id}",`),
    outcome: 'wrong_answer',
    detail: /not JSON/,
  },
  {
    why: 'no JSON',
    behave: (_message, response) => void response.writeHead(200, { 'Content-Type': 'application/json' }).end('{nope'),
    outcome: 'wrong_answer',
    detail: /not JSON/,
  },
  {
    why: 'a redirect',
    behave: redirect('http://192.0.2.1/mcp'),
    outcome: 'http_error',
    detail: /HTTP 307/,
  },
  {
    why: 'too many at once',
    behave: (_message, response) => void response.writeHead(429, { 'Retry-After': '7' }).end(),
    outcome: 'rate_limited',
    detail: /HTTP 429/,
  },
])('a call that is answered by $why', async ({ behave, outcome, detail }) => {
  await using server = await startStrangeServer(opened(behave))
  await using client = await connect(server.url, { limitMs })
  const called = await client.callTool('a', {})
  expect(called).toMatchObject({ outcome, detail: expect.stringMatching(detail) })
  expect(called.retryAfterMs).toBe(outcome === 'rate_limited' ? 7_000 : undefined)
})

test('a stream that goes on after the answer is not waited for', async () => {
  const behave = opened(({ id }, response) =>
    sayEvents(response, [{ method: 'progress' }, { id, result: { content: [] } }], true),
  )
  await using server = await startStrangeServer(behave)
  await using client = await connect(server.url, { limitMs: 60_000 })
  expect(await client.callTool('a', {})).toMatchObject({ outcome: 'ok' })
})

test('a server that waits for its client is not waited for', async () => {
  const behave = opened((_message, response) => sayEvents(response, [{ id: 1, method: 'roots/list' }], true))
  await using server = await startStrangeServer(behave)
  await using client = await connect(server.url, { limitMs: 60_000 })
  expect(await client.callTool('a', {})).toMatchObject({
    outcome: 'wrong_answer',
    detail: expect.stringContaining('roots/list'),
  })
})

test.each([
  [300, 'no answer within 300 ms'],
  [1_000, 'no answer within 1 s'],
])('a stream without an answer ends with the limit of %s ms', async (limit, message) => {
  await using server = await startStrangeServer(
    opened((_message, response) => sayEvents(response, [{ method: 'ping' }], true)),
  )
  await using client = await connect(server.url, { limitMs: limit })
  expect(await failure(client.callTool('a', {}))).toMatchObject({ kind: 'timeout', message })
})

test('an answer that is too long is not taken', async () => {
  const megabyte = Buffer.alloc(1_048_576, 'x')
  const pour: Behaviour = (_message, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' })
    const more = () => {
      while (!response.destroyed && response.write(megabyte));
      response.once('drain', more)
    }
    more()
  }
  await using server = await startStrangeServer(opened(pour))
  await using client = await connect(server.url, { limitMs: 30_000 })
  expect(await failure(client.callTool('a', {}))).toMatchObject({ kind: 'too_large' })
})

test.each<{ why: string; page: (id: string | undefined, cursor: string | undefined) => object; kind: string }>([
  { why: 'leads round in a circle', page: () => ({ tools: [], nextCursor: 'again' }), kind: 'protocol' },
  {
    why: 'never ends',
    page: (_id, cursor) => ({ tools: [], nextCursor: String(Number(cursor ?? 0) + 1) }),
    kind: 'too_large',
  },
  {
    why: 'has too many tools',
    page: () => ({ tools: Array.from({ length: 6_000 }, (_, at) => ({ name: `t${at}` })) }),
    kind: 'too_large',
  },
  { why: 'is none', page: () => ({}), kind: 'protocol' },
])('a listing that $why', async ({ page, kind }) => {
  const behave = opened(({ id, params }, response) => sayJson(response, 200, { id, result: page(id, params?.cursor) }))
  await using server = await startStrangeServer(behave)
  await using client = await connect(server.url, { limitMs })
  expect(await failure(client.listTools())).toMatchObject({ kind })
})

test('tools without a name, and names that come twice, are left out', async () => {
  const tools = [{ name: 'a', description: 'first' }, { name: 'a' }, { name: 7 }, {}]
  await using server = await startStrangeServer(
    opened(({ id }, response) => sayJson(response, 200, { id, result: { tools } })),
  )
  await using client = await connect(server.url, { limitMs })
  expect(await client.listTools()).toEqual([{ name: 'a', description: 'first', inputSchema: {}, annotations: {} }])
})

test('a server that wants a login is told as that, and the login itself is never told', async () => {
  const echo: Behaviour = (_message, response, request) =>
    sayJson(response, 401, { id: null, error: { code: -1, message: `not ${request.headers.authorization}` } })
  await using server = await startStrangeServer(echo)
  const refused = await failure(connect(server.url, { limitMs, headers: { Authorization: 'Bearer t0ps3cret' } }))
  expect(refused).toMatchObject({ kind: 'unauthorized', message: 'HTTP 401: not ***' })
})

test('nobody there', async () => {
  const server = await startStrangeServer(modern)
  await server[Symbol.asyncDispose]()
  expect(await failure(connect(server.url, { limitMs }))).toMatchObject({ kind: 'transport', code: 'ECONNREFUSED' })
})

test('an address that is no MCP server', async () => {
  await using server = await startStrangeServer((_message, response) => void response.writeHead(404).end('<html>'))
  const refused = await failure(connect(server.url, { limitMs }))
  expect(refused).toMatchObject({ kind: 'protocol', message: 'initialize: HTTP 404: <html>' })
})

test('certificates are checked: against the machine’s, or those that are given in their place', async () => {
  const sessions = new Set<string>()
  await using server = await startStrangeServer(legacy(sessions), { cert: certificate, key: certificateKey })
  expect(server.url).toMatch(/^https:/)
  const refused = await failure(connect(server.url, { limitMs }))
  expect(refused).toMatchObject({ kind: 'transport', code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
  expect(server.asked).toEqual([])
  await using client = await connect(server.url, { limitMs, caPem: certificate })
  expect(await client.callTool('a', { x: 1 })).toMatchObject({ outcome: 'ok', content: { x: 1 } })
})
