import type { NodeSpec } from '../../domain/plan.ts'
import type { RunningNode } from '../running-stack.ts'
import { StackError } from '../stack-error.ts'
import { behindBridge } from './bridge.ts'
import {
  askReady,
  type CommandPlace,
  commandOf,
  environmentOf,
  listenVariables,
  listenWords,
  ourEnvironment,
  type Words,
} from './command.ts'
import type { LogSince } from './log-tail.ts'
import { loopback } from './ports.ts'
import { type Part, type StartContext, startUntil } from './starting.ts'

export interface ServerPlace extends CommandPlace {
  /** Through the link's proxy. */
  readonly databaseUrl: string
  /** Where it finds what it uses beside its database. */
  readonly services: Words
  readonly referenceServerPath: string
}

const passedOnNames = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR']

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
  const own = { DATABASE_URL: place.databaseUrl }
  const spec = commandOf({ ...place, node: behindBridge(node) }, words, own) ?? {
    name: node.id,
    argv: [process.execPath, place.referenceServerPath],
    cwd: process.cwd(),
    env: { ...passedOn(), ...listenVariables(place.port), ...own, ...environmentOf(node, words) },
    logPath,
    ports: [place.port],
  }
  const { spawned, answer } = await startUntil(part, spec, context, (log) => readyUrl(place, log))
  const { port } = new URL(answer)
  const at = { host: loopback, port: Number(port), url: answer, applicationUrl: null, disk: null, logPath }
  return { id: node.id, role: 'mcp', pid: spawned.pid, ...at }
}

/** The server's URL once it is ready, null before. */
async function readyUrl({ node, port }: ServerPlace, log: LogSince): Promise<string | null> {
  const url = node.command === null ? listeningUrl(node, log) : `http://${loopback}:${port}/mcp`
  if (url === null) return null
  await askReady(node, url)
  return url
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

/** What the reference server gets of our own environment: nothing of it may change how the server behaves. */
function passedOn(): Record<string, string> {
  return Object.fromEntries(Object.entries(ourEnvironment()).filter(([name]) => passedOnNames.includes(name)))
}

/** What a server of somebody's own may want in another form than DATABASE_URL: `{database_host}` and so on. */
function wordsOf({ port, databaseUrl, services }: ServerPlace): Words {
  const url = new URL(databaseUrl)
  return [
    ...services,
    ...listenWords(port),
    ['database_url', databaseUrl],
    ['database_host', url.hostname],
    ['database_port', url.port],
    ['database_name', url.pathname.slice(1)],
    ['database_user', decodeURIComponent(url.username)],
    ['database_password', decodeURIComponent(url.password)],
  ]
}
