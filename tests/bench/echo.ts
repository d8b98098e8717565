import { createServer, type Server } from 'node:http'

interface Request {
  readonly id?: string | number
  readonly method: string
  readonly params?: { readonly arguments?: unknown }
}

/**
 * A bare MCP server on node:http: answers `initialize`, and each call of a tool with what it was given, at once or after
 * so many ms. GET gives the number of calls so far; DELETE ends a session that was none.
 */
export function createEcho(delayMs?: () => number): Server {
  let calls = 0
  const server = createServer((request, response) => {
    if (request.method === 'GET') {
      response.end(String(calls))
      return
    }
    if (request.method === 'DELETE') {
      response.writeHead(204).end()
      return
    }
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (piece: string) => {
      body += piece
    })
    request.on('end', () => {
      const { id, method, params }: Request = JSON.parse(body)
      if (id === undefined) {
        response.writeHead(202).end()
        return
      }
      const isCall = method === 'tools/call'
      if (isCall) calls++
      const said = JSON.stringify(params?.arguments ?? null)
      const result =
        method === 'initialize'
          ? '{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"echo","version":"1"}}'
          : `{"content":[{"type":"text","text":${JSON.stringify(said)}}],"structuredContent":${said}}`
      const answer = (): void => {
        response.writeHead(200, { 'Content-Type': 'application/json', 'Mcp-Session-Id': 'echo' })
        response.end(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${result}}`)
      }
      if (isCall && delayMs !== undefined) setTimeout(answer, delayMs())
      else answer()
    })
  })
  // Idle users must not find their connection closed.
  server.keepAliveTimeout = 120_000
  return server
}
