import { createConnection } from 'node:net'
import { resolve } from 'node:path'
import type { NodeSpec } from '../../domain/plan.ts'
import type { RunningNode } from '../running-stack.ts'
import { StackError } from '../stack-error.ts'
import { attemptMsMax } from './limits.ts'
import type { LogSince } from './log-tail.ts'
import { loopback } from './ports.ts'
import { type Part, type StartContext, startUntil } from './starting.ts'

export interface ServerPlace {
  readonly node: NodeSpec
  readonly port: number
  /** Through the link's proxy. */
  readonly databaseUrl: string
  readonly logPath: string
  readonly referenceServerPath: string
}

/** What the reference server gets of our own environment: nothing of it may change how the server behaves. */
const passedOn = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR']

/** Starts the server and resolves when it is ready. Rejects with a StackError. */
export async function startMcpServer(place: ServerPlace, context: StartContext): Promise<RunningNode> {
  const { node, logPath } = place
  const words = wordsOf(place)
  const title =
    node.command === null ? `the reference server (${node.id})` : `the server ${node.id} (${node.command[0]})`
  const part: Part = {
    kind: 'server_will_not_start',
    title,
    hint: `see its log; stack.nodes.${node.id}.ready in the plan says how long it may take and what is asked`,
    readyMsMax: node.readyWithinMs,
  }
  const spec = {
    name: node.id,
    argv:
      node.command === null
        ? [process.execPath, place.referenceServerPath]
        : node.command.map((word) => fillIn(word, words)),
    cwd: node.cwd === null ? process.cwd() : resolve(node.cwd),
    env: { ...inherited(node), ...ownVariables(place), ...mapValues(node.env, (text) => fillIn(text, words)) },
    logPath,
    ports: [place.port],
  }
  const { spawned, answer } = await startUntil(part, spec, context, (log) => readyUrl(place, log))
  const { port } = new URL(answer)
  const at = { host: loopback, port: Number(port), url: answer, applicationUrl: null, logPath }
  return { id: node.id, role: 'mcp', pid: spawned.pid, ...at }
}

/** The server's URL once it is ready, null before. */
async function readyUrl({ node, port }: ServerPlace, log: LogSince): Promise<string | null> {
  const url = node.command === null ? listeningUrl(node, log) : `http://${loopback}:${port}/mcp`
  if (url === null) return null
  if (node.readyPath === null) {
    await connects(Number(new URL(url).port))
    return url
  }
  const response = await fetch(new URL(node.readyPath, url), { signal: AbortSignal.timeout(attemptMsMax) })
  const body = await response.text()
  if (response.status === 200) return url
  throw new Error(`${node.readyPath} answers ${response.status} ${body.slice(0, 200)}`)
}

/** The reference server's one line on stdout, among its log's lines. */
function listeningUrl(node: NodeSpec, log: LogSince): string | null {
  const found = /^\{"listening":"([^"]+)"\}$/m.exec(log.text())?.[1]
  if (found === undefined) return null
  const { hostname } = new URL(found)
  if (hostname === loopback || hostname === 'localhost' || hostname === '[::1]') return found
  throw new StackError({
    kind: 'not_loopback',
    message: `${node.id} listens on ${hostname}: only loopback is ever put under load`,
    hint: 'let it listen on the HOST that it is given',
    logPath: log.path,
  })
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

function inherited(node: NodeSpec): Record<string, string> {
  const all = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return Object.fromEntries(node.command === null ? all.filter(([name]) => passedOn.includes(name)) : all)
}

function ownVariables({ port, databaseUrl }: ServerPlace): Record<string, string> {
  return { HOST: loopback, PORT: String(port), DATABASE_URL: databaseUrl }
}

/**
 * What a server of somebody's own may want in another form than DATABASE_URL: `{port}`, `{database_host}` and so on, in
 * its command and in the values of its `env`.
 */
function wordsOf({ port, databaseUrl }: ServerPlace): ReadonlyMap<string, string> {
  const url = new URL(databaseUrl)
  return new Map([
    ['host', loopback],
    ['port', String(port)],
    ['database_url', databaseUrl],
    ['database_host', url.hostname],
    ['database_port', url.port],
    ['database_name', url.pathname.slice(1)],
    ['database_user', decodeURIComponent(url.username)],
    ['database_password', decodeURIComponent(url.password)],
  ])
}

/** Braces around any other word are left as they are. */
export function fillIn(text: string, words: ReadonlyMap<string, string>): string {
  return text.replace(/\{([a-z_]+)\}/g, (whole, word: string) => words.get(word) ?? whole)
}

function mapValues(values: Readonly<Record<string, string>>, change: (text: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]))
}
