import { createConnection } from 'node:net'
import { resolve } from 'node:path'
import type { NodeSpec } from '../../domain/plan.ts'
import type { SpawnSpec } from '../../keeper/protocol.ts'
import { attemptMsMax } from './limits.ts'
import { loopback } from './ports.ts'

/** A process that the plan starts by a command of its own, or could. */
export interface CommandPlace {
  readonly node: NodeSpec
  readonly port: number
  readonly logPath: string
}

/** What a command, and the values of its `env`, may have in braces, such as `{port}`. */
export type Words = readonly (readonly [word: string, text: string])[]

/** The node's own command, with our environment, `own` and the node's `env`; null where the plan gives it none. */
export function commandOf(
  { node, port, logPath }: CommandPlace,
  words: Words,
  own: Readonly<Record<string, string>>,
): SpawnSpec | null {
  if (node.command === null) return null
  return {
    name: node.id,
    argv: node.command.map((word) => fillIn(word, words)),
    cwd: node.cwd === null ? process.cwd() : resolve(node.cwd),
    env: { ...ourEnvironment(), ...listenVariables(port), ...own, ...environmentOf(node, words) },
    logPath,
    ports: [port],
  }
}

export function ourEnvironment(): Record<string, string> {
  const all = Object.entries(process.env)
  return Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== undefined))
}

export function environmentOf(node: NodeSpec, words: Words): Record<string, string> {
  return Object.fromEntries(Object.entries(node.env).map(([key, value]) => [key, fillIn(value, words)]))
}

/** Where a process is to listen. */
export function listenVariables(port: number): Record<string, string> {
  return { HOST: loopback, PORT: String(port) }
}

export function listenWords(port: number): Words {
  return [
    ['host', loopback],
    ['port', String(port)],
  ]
}

/** Of several with one name the last counts. Braces around any other word are left as they are. */
export function fillIn(text: string, words: Words): string {
  const byName = new Map(words)
  return text.replace(/\{([a-z0-9_]+)\}/g, (whole, word: string) => byName.get(word) ?? whole)
}

/** Resolves when the node says that it is ready, or, without a path to ask, takes a connection. Rejects with why not. */
export async function askReady({ readyPath }: NodeSpec, url: string): Promise<void> {
  if (readyPath === null) return connects(Number(new URL(url).port))
  const response = await fetch(new URL(readyPath, url), { signal: AbortSignal.timeout(attemptMsMax) })
  const body = await response.text()
  if (response.status !== 200) throw new Error(`${readyPath} answers ${response.status} ${body.slice(0, 200)}`)
}

function connects(port: number): Promise<void> {
  return new Promise((done, reject) => {
    const socket = createConnection({ host: loopback, port, timeout: attemptMsMax })
    const end = (error?: Error): void => {
      socket.destroy()
      if (error) reject(error)
      else done()
    }
    socket.once('connect', () => end())
    socket.once('error', end)
    socket.once('timeout', () => end(new Error(`no connection to port ${port} within ${attemptMsMax} ms`)))
  })
}
