import { createServer } from 'node:http'
import { expect, it } from 'vitest'
import { connect } from '../../src/mcp-client/connect.ts'
import { allTools } from '../tools/catalogue.ts'
import { Endpoint } from './endpoint.ts'
import { Sessions } from './sessions.ts'

async function startEndpoint(): Promise<AsyncDisposable & { readonly url: string; readonly sessions: Sessions }> {
  const sessions = new Sessions()
  const endpoint = new Endpoint(
    sessions,
    async (tool, args) => ({ ok: true, answer: { tool: tool.name, args } }) as never,
  )
  const server = createServer((request, response) => {
    void endpoint.handle(request).then(({ status, headers, body }) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    sessions,
    [Symbol.asyncDispose]: async () => {
      sessions.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

it.each([
  { era: 'modern', options: {}, version: '2026-07-28', sessions: 0 },
  { era: 'legacy', options: { era: 'legacy' }, version: '2025-11-25', sessions: 1 },
] as const)('serves the $era era, found out or asked for', async ({ era, options, version, sessions }) => {
  await using endpoint = await startEndpoint()
  await using client = await connect(endpoint.url, { limitMs: 5_000, ...options })
  expect([client.era, client.version]).toEqual([era, version])
  expect(await client.listTools()).toHaveLength(allTools.length)
  const { outcome, content } = await client.callTool('get_customer', { customer_id: 7 })
  expect({ outcome, content }).toEqual({ outcome: 'ok', content: { tool: 'get_customer', args: { customer_id: 7 } } })
  expect(endpoint.sessions.count).toBe(sessions)
})

const meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' }
const headers = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' }
const named = { ...headers, 'mcp-protocol-version': '2026-07-28' }

async function ask(url: string, sent: Record<string, string>, method: string, params: object) {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  const response = await fetch(url, { method: 'POST', headers: sent, body })
  const { error } = (await response.json()) as { error?: { code: number; data?: object } }
  return [response.status, error?.code, error?.data]
}

it('refuses what headers and body do not agree on, a revision that it does not serve, and methods of the other era', async () => {
  await using endpoint = await startEndpoint()
  const { url } = endpoint
  const list = { ...named, 'mcp-method': 'tools/list' }
  expect(await ask(url, list, 'tools/list', { _meta: meta })).toEqual([200, undefined, undefined])
  expect(await ask(url, list, 'tools/call', { _meta: meta, name: 'x' })).toEqual([400, -32020, undefined])
  expect(await ask(url, named, 'tools/list', { _meta: meta })).toEqual([400, -32020, undefined])
  expect(await ask(url, headers, 'tools/list', { _meta: meta })).toEqual([400, -32020, undefined])
  expect(await ask(url, list, 'tools/list', {})).toEqual([400, -32020, undefined])
  const call = { ...named, 'mcp-method': 'tools/call', 'mcp-name': 'get_customer' }
  expect(await ask(url, call, 'tools/call', { _meta: meta, name: 'other' })).toEqual([400, -32020, undefined])
  const later = { 'io.modelcontextprotocol/protocolVersion': '2031-01-01' }
  const supported = ['2026-07-28', '2025-11-25', '2025-06-18', '2025-03-26']
  const refused = await ask(url, { ...list, 'mcp-protocol-version': '2031-01-01' }, 'tools/list', { _meta: later })
  expect(refused).toEqual([400, -32022, { supported, requested: '2031-01-01' }])
  const opening = { ...named, 'mcp-method': 'initialize' }
  expect(await ask(url, opening, 'initialize', { _meta: meta })).toEqual([404, -32601, undefined])
})
