import type { ParameterDescription } from '../../src/domain/catalogue.ts'
import type { NodeControl } from '../../src/domain/node-control.ts'
import { type Doing, type FaultParameters, type NodeFault, numberOf } from './fault.ts'

/** What fail-overs have in common: who takes over, and when. The supervisor in them is Squall's own. */

const decide: ParameterDescription = {
  kind: 'duration',
  unit: 'ms',
  min: 0,
  max: 300_000,
  default: 1_000,
  why: 'from the harm until a replica is promoted: what a platform needs to notice and to be sure',
}

const by: ParameterDescription = {
  kind: 'choice',
  unit: '',
  choices: ['fault', 'supervisor'],
  default: 'fault',
  why: 'who promotes: the fault itself, or the supervisor of the stack, by its own policy; at the end it is done in any case',
}

/** Holds on nodes that were really harmed: a refused fault must not be healed by ending a healthy node. */
const harmed = new WeakSet<NodeControl>()

/** Rejects where nobody could take over, and then nothing was done. */
async function harmPrimary(node: NodeControl, signal: 'SIGKILL' | 'SIGSTOP'): Promise<void> {
  const { cluster } = node
  if (cluster === null) throw new Error(`no database follows ${node.id}: nobody could take over`)
  if (cluster.primary() !== node.id)
    throw new Error(`${node.id} takes no writes: ${cluster.primary()} does, and only that one can be failed over`)
  harmed.add(node)
  await node.signal(signal)
}

export async function decideAndHandOver(node: NodeControl, parameters: FaultParameters, doing: Doing): Promise<void> {
  if (parameters.by === 'supervisor') return
  await doing.sleep(numberOf(parameters, 'decide'))
  if (!doing.signal.aborted) await handOver(node)
}

/** A replica takes writes, and the route leads there. What has been done of it already is not done again. */
async function handOver({ id, cluster }: NodeControl): Promise<void> {
  if (cluster === null) return
  if (cluster.primary() === id) await cluster.promote()
  await cluster.route(cluster.primary())
}

/** The fault's end: a replica has taken over, the old primary is one, and all of them follow. */
async function comeBack(node: NodeControl): Promise<void> {
  if (!harmed.has(node)) return
  await handOver(node)
  await node.cluster?.rejoin()
}

/** All of a fault after which a replica takes over, but its name and how the primary is lost. */
export function takeOverAfter(signal: 'SIGKILL' | 'SIGSTOP') {
  return {
    on: 'node',
    roles: ['postgres'],
    isReplicated: true,
    endsProcess: true,
    judgedBy: 'bounded',
    minimumForMs: 4_000,
    parameters: { decide, by },
    apply: (node) => harmPrimary(node, signal),
    during: decideAndHandOver,
    heal: comeBack,
    isAffected: (sample) => sample.error !== null,
  } as const satisfies Omit<NodeFault, 'name' | 'title'>
}
