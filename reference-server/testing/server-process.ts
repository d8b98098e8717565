import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { stopProcess } from './temporary-postgres.ts'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))
const startMsMax = 15_000

export interface ServerProcess extends AsyncDisposable {
  /** Address of the MCP endpoint. */
  readonly url: string
  /** The same server's address without a path. */
  readonly origin: string
  readonly child: ChildProcess
  /** What it wrote to stdout, line by line. */
  readonly stdout: readonly string[]
}

/** The server as a process of its own with nothing but these settings, listening. */
export async function startServerProcess(env: Readonly<Record<string, string>>): Promise<ServerProcess> {
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'ignore'] })
  const stdout: string[] = []
  const lines = createInterface({ input: child.stdout })
  lines.on('line', (line) => stdout.push(line))
  await Promise.race([
    once(lines, 'line', { signal: AbortSignal.timeout(startMsMax) }),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`the server ended with ${code}`))),
  ])
  const first: unknown = JSON.parse(stdout[0] ?? 'null')
  if (typeof first !== 'object' || first === null || !('listening' in first) || typeof first.listening !== 'string') {
    throw new Error(`unexpected first line ${stdout[0]}`)
  }
  const url = first.listening
  return { url, origin: new URL(url).origin, child, stdout, [Symbol.asyncDispose]: () => stopProcess(child) }
}
