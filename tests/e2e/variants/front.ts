/**
 * The reference server behind a front that spoils some of its answers: planted defects for the gate to find.
 * SPOIL: `metrics-stop` (/metrics never answers after SPOIL_AFTER_MS) · `is-error` (every tool call answers isError)
 * · `says-failed` (every tool call answers {"status":"failed"}, HTTP 200, no isError).
 */
import { spawn } from 'node:child_process'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const spoil = process.env.SPOIL ?? ''
const spoilAfterMs = Number(process.env.SPOIL_AFTER_MS ?? '0')
const startedMs = performance.now()
const main = fileURLToPath(new URL('../../../reference-server/main.ts', import.meta.url))
const inner = spawn(process.execPath, [main], {
  env: { ...process.env, PORT: '0' },
  stdio: ['ignore', 'pipe', 'inherit'],
})
process.on('SIGTERM', () => inner.kill('SIGTERM'))
inner.on('exit', (code) => process.exit(code ?? 1))

function isSpoilt(): boolean {
  return performance.now() - startedMs >= spoilAfterMs
}

function spoiltResult(id: unknown): string {
  const says =
    spoil === 'is-error' ? { error: 'the database is gone' } : { status: 'failed', error: 'the database is gone' }
  const content = [{ type: 'text', text: JSON.stringify(says) }]
  const result = { content, structuredContent: says, ...(spoil === 'is-error' ? { isError: true } : {}) }
  return JSON.stringify({ jsonrpc: '2.0', id, result })
}

async function read(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

async function answer(port: number, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await read(incoming)
  if (spoil === 'metrics-stop' && incoming.url?.startsWith('/metrics') && isSpoilt()) return
  if ((spoil === 'is-error' || spoil === 'says-failed') && body.includes('"tools/call"')) {
    const { id } = JSON.parse(body.toString()) as { id?: unknown }
    response.writeHead(200, { 'content-type': 'application/json' }).end(spoiltResult(id))
    return
  }
  const { method, url, headers } = incoming
  const forwarded = request({ host: '127.0.0.1', port, method, path: url, headers }, (innerResponse) => {
    response.writeHead(innerResponse.statusCode ?? 502, innerResponse.headers)
    innerResponse.pipe(response)
  })
  forwarded.on('error', () => response.destroy())
  forwarded.end(body)
}

createInterface({ input: inner.stdout }).once('line', (line) => {
  const { listening } = JSON.parse(line) as { listening: string }
  const port = Number(new URL(listening).port)
  const front = createServer((incoming, response) => {
    answer(port, incoming, response).catch(() => response.destroy())
  })
  front.keepAliveTimeout = 120_000
  front.listen(Number(process.env.PORT), '127.0.0.1')
})
