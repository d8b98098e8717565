import { createServer } from 'node:net'
import getPort from 'get-port'
import { linkOf, namesIn, textOf } from '../../record/proc-files.ts'
import { StackError } from '../stack-error.ts'
import { portMax, portMin, portTriesMax } from './limits.ts'

export const loopback = '127.0.0.1'

/**
 * A port of 127.0.0.1 that nobody listens on. Not one that Linux gives to outgoing connections: a proxy that is
 * disabled and enabled again under load must find its port free, with a thousand users' connections about.
 */
export async function freePort(): Promise<number> {
  const candidates = Array.from(
    { length: portTriesMax },
    () => portMin + Math.floor(Math.random() * (portMax - portMin)),
  )
  return getPort({ host: loopback, port: candidates })
}

/** The fixed port if there is one, else a free one. Rejects with a StackError `port_taken` when it cannot be had. */
export async function portFor(node: { readonly id: string; readonly port: number | null }): Promise<number> {
  if (node.port === null) return freePort()
  const failure = await tryPort(node.port)
  if (failure !== null) throw portTaken(node.id, node.port, failure)
  return node.port
}

/** `code`: the system's word, such as EADDRINUSE. */
function portTaken(node: string, port: number, code: string): StackError {
  const holder = whoListens(port)
  const by = holder === null ? '' : ` by ${holder.name} (process ${holder.pid})`
  const isTaken = code === 'EADDRINUSE'
  return new StackError({
    kind: 'port_taken',
    message: isTaken
      ? `port ${port}, which the plan fixes for ${node}, is taken${by}`
      : `port ${port}, which the plan fixes for ${node}, cannot be used: ${code}`,
    hint: `end what holds it, or leave \`port\` out of stack.nodes.${node}: any free port will do`,
  })
}

function tryPort(port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error) => resolve('code' in error ? String(error.code) : error.message))
    server.listen(port, loopback, () => server.close(() => resolve(null)))
  })
}

/** Which process listens on the port; null where /proc does not tell (another user's process, another system). */
export function whoListens(port: number): { readonly pid: number; readonly name: string } | null {
  const inodes = new Set(['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listeningInodes(table, port)))
  if (inodes.size === 0) return null
  for (const pid of namesIn('/proc').filter((name) => /^\d+$/.test(name))) {
    const holds = namesIn(`/proc/${pid}/fd`).some((fd) => inodes.has(linkOf(`/proc/${pid}/fd/${fd}`)))
    if (holds) return { pid: Number(pid), name: textOf(`/proc/${pid}/comm`).trim() }
  }
  return null
}

/** Fields of proc(5)'s net/tcp: 1 the local address with the port in hex, 3 the state (0A: listening), 9 the inode. */
function listeningInodes(table: string, port: number): string[] {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return textOf(table)
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => state === '0A' && local?.endsWith(wanted) === true)
    .map((fields) => `socket:[${fields[9]}]`)
}
