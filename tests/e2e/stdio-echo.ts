import { createInterface } from 'node:readline'

// An MCP server over standard input and output, for tests: `echo` gives its arguments back, and what a test asks for
// by name happens to it.

const say = (message: object) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
const info = { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo: { name: 'echo', version: '1' } }

process.stdout.write('prose that does not belong here\n')
for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(line)
  if (id === undefined) continue
  if (method === 'initialize') say({ id, result: info })
  else if (method === 'tools/list') say({ id, result: { tools: [{ name: 'echo', inputSchema: { type: 'object' } }] } })
  else if (method !== 'tools/call') say({ id, error: { code: -32601, message: `no ${method}` } })
  else if (params.name === 'die') process.exit(7)
  else if (params.name === 'silent') continue
  else if (params.name === 'endless') process.stdout.write('x'.repeat(11 * 2 ** 20))
  else if (params.name === 'who') say({ id, result: { content: [], structuredContent: { pid: process.pid, id } } })
  else say({ id, result: { content: [], structuredContent: params.arguments ?? {} } })
}
