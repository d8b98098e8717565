/**
 * An MCP server that is not ours to look into: one tool, which asks the database at DATABASE_URL for its answer, and a pool
 * of two connections that says nothing of itself. Listens at HOST and PORT, and tells its address on one line.
 */
import { createServer } from 'node:http'
import pg from 'pg'

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 2, application_name: 'two-connections' })
pool.on('error', () => undefined)

interface Request {
  readonly id?: string | number
  readonly method: string
  readonly params?: { readonly arguments?: { readonly number?: number }; readonly protocolVersion?: string }
}

const echo = {
  name: 'echo',
  description: 'gives back the number',
  inputSchema: { type: 'object', properties: { number: { type: 'integer' } } },
  annotations: { readOnlyHint: true },
}

async function resultOf({ method, params }: Request): Promise<object | null> {
  switch (method) {
    case 'initialize': {
      const serverInfo = { name: 'two-connections', version: '1' }
      return { protocolVersion: params?.protocolVersion ?? '2025-06-18', capabilities: { tools: {} }, serverInfo }
    }
    case 'tools/list':
      return { tools: [echo] }
    case 'tools/call': {
      const { rows } = await pool.query<{ number: number }>('select $1::int as number', [
        params?.arguments?.number ?? 0,
      ])
      return { content: [{ type: 'text', text: JSON.stringify(rows[0]) }], structuredContent: rows[0] }
    }
    default:
      return null
  }
}

async function answer(request: Request): Promise<{ readonly status: number; readonly body: object | null }> {
  if (request.id === undefined) return { status: 202, body: null }
  const start = { jsonrpc: '2.0', id: request.id }
  const result = await resultOf(request).catch((error: unknown) => ({
    isError: true,
    content: [{ type: 'text', text: String(error) }],
  }))
  if (result === null) return { status: 200, body: { ...start, error: { code: -32_601, message: 'no such method' } } }
  return { status: 200, body: { ...start, result } }
}

const server = createServer(async (request, response) => {
  if (request.method !== 'POST') return void response.writeHead(request.url === '/ready' ? 200 : 405).end()
  let text = ''
  for await (const chunk of request) text += chunk
  const { status, body } = await answer(JSON.parse(text) as Request)
  response.writeHead(status, { 'content-type': 'application/json' }).end(body === null ? '' : JSON.stringify(body))
})
server.listen(Number(process.env.PORT ?? 0), process.env.HOST ?? '127.0.0.1', () => {
  const address = server.address()
  if (typeof address === 'object') process.stdout.write(`http://127.0.0.1:${address?.port}/mcp\n`)
})
