/** A bare MCP echo on node:http, as a process of its own: answers initialize and tools/call, and GET with the number of calls so far. */
import { createServer } from 'node:http'

interface Request {
  readonly id?: string | number
  readonly method: string
  readonly params?: { readonly arguments?: unknown }
}

let calls = 0

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    response.end(String(calls))
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
    if (method === 'tools/call') calls++
    const said = JSON.stringify(params?.arguments ?? null)
    const result =
      method === 'initialize'
        ? '{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"echo","version":"1"}}'
        : `{"content":[{"type":"text","text":${JSON.stringify(said)}}],"structuredContent":${said}}`
    response.writeHead(200, { 'Content-Type': 'application/json', 'Mcp-Session-Id': 'echo' })
    response.end(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${result}}`)
  })
})
// Idle users must not find their connection closed.
server.keepAliveTimeout = 120_000
// Whoever started this process reads the port from its first line, and ends it by ending its standard input.
server.listen(0, '127.0.0.1', 4096, () => {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  console.log(address.port)
})
process.stdin.resume().on('end', () => process.exit(0))
