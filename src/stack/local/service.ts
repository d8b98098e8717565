import type { RunningNode } from '../running-stack.ts'
import { StackError } from '../stack-error.ts'
import { askReady, type CommandPlace, commandOf, listenWords } from './command.ts'
import { loopback } from './ports.ts'
import { type Part, type StartContext, startUntil } from './starting.ts'

/** What the server uses beside its database: a cache, an integration. */
export type ServicePlace = CommandPlace

/** Starts it and resolves when it is ready. Rejects with a StackError. */
export async function startService(place: ServicePlace, context: StartContext): Promise<RunningNode> {
  const { node, port, logPath } = place
  const { id, role } = node
  const hint = `see its log; stack.nodes.${id}.ready in the plan says how long it may take and what is asked`
  const spec = commandOf(place, listenWords(port), {})
  if (spec === null) throw new StackError({ kind: 'not_supported', message: `${id} has no command`, hint })
  const part: Part = {
    kind: 'service_will_not_start',
    title: `${id} (${spec.argv[0]})`,
    hint,
    readyMsMax: node.readyWithinMs,
  }
  const url = `${role}://${loopback}:${port}`
  const { spawned } = await startUntil(part, spec, context, () => askReady(node, url).then(() => true))
  return { id, role, pid: spawned.pid, host: loopback, port, url, applicationUrl: null, disk: null, logPath }
}

/** As the server finds them: `{cache_host}` and `{cache_port}` of a node `cache`, through the proxy of its link. */
export function wordsOfService(nodeId: string, at: { readonly host: string; readonly port: number }) {
  const name = nodeId.replaceAll('-', '_')
  return [
    [`${name}_host`, at.host],
    [`${name}_port`, String(at.port)],
  ] as const
}
