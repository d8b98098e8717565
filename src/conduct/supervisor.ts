import type { Clock } from '../domain/clock.ts'
import type { NodeControl } from '../domain/node-control.ts'
import type { SupervisorPlan } from '../domain/plan.ts'
import { usualQuestion } from '../domain/probe-sample.ts'
import type { ProbeTarget } from '../observe/prober.ts'
import { boundsMs } from './bounds.ts'

/** What a supervisor has done, or seen; the first four are the segments of a fail-over, in this order. */
export type SupervisorStep = 'detected' | 'decided' | 'promoted' | 'routed' | 'restarted' | 'well'

export interface SupervisedNode {
  readonly id: string
  readonly probeTarget: ProbeTarget
  readonly control: NodeControl
}

export interface SupervisorSpec {
  readonly policy: SupervisorPlan
  readonly clock: Clock
  /** Servers and databases of the stack. */
  readonly nodes: readonly SupervisedNode[]
  /** `atUs`: absolute. */
  readonly tell: (atUs: number, node: string, step: SupervisorStep, extra?: object) => void
  readonly note: (text: string) => void
  readonly signal: AbortSignal
}

/**
 * Does what the users' platform would: asks each node whether it lives, and when it has not for as long as the policy
 * says, promotes a replica of a primary, or starts the node anew. One loop for each node, until `signal` aborts.
 */
export async function supervise(spec: SupervisorSpec): Promise<void> {
  await Promise.all(spec.nodes.map((node) => superviseNode(node, spec)))
}

async function superviseNode(node: SupervisedNode, spec: SupervisorSpec): Promise<void> {
  const { clock, signal, tell } = spec
  let downSinceUs: number | null = null
  let hasActed = false
  while (!signal.aborted) {
    const isWell = await answers(node.probeTarget, clock, signal)
    if (signal.aborted) return
    const nowUs = clock.monotonicUs()
    if (isWell) {
      if (downSinceUs !== null) tell(nowUs, node.id, 'well')
      downSinceUs = null
      hasActed = false
    } else {
      if (downSinceUs === null) tell(nowUs, node.id, 'detected')
      downSinceUs ??= nowUs
      const afterMs = policyOf(node, spec.policy)
      if (afterMs !== null && !hasActed && nowUs - downSinceUs >= afterMs * 1_000) {
        hasActed = await act(node, spec)
        // Who could take over, or the node itself, may need a moment more: asked again after as long.
        if (!hasActed) downSinceUs = clock.monotonicUs()
      }
    }
    await clock.sleep(boundsMs.supervisorEvery, signal)
  }
}

/** Of a primary that others follow: until a promotion. null: it is left as it is. */
function policyOf({ control }: SupervisedNode, { promoteAfterMs, restartAfterMs }: SupervisorPlan): number | null {
  return isFollowed(control) && promoteAfterMs !== null ? promoteAfterMs : restartAfterMs
}

function isFollowed({ cluster, id }: NodeControl): boolean {
  return cluster !== null && cluster.primary() === id
}

/** Whether it went well. */
async function act(node: SupervisedNode, { policy, clock, tell, note }: SupervisorSpec): Promise<boolean> {
  const { control, id } = node
  const { cluster } = control
  const done = (step: SupervisorStep, extra?: object): void => tell(clock.monotonicUs(), id, step, extra)
  done('decided')
  try {
    if (cluster !== null && isFollowed(control) && policy.promoteAfterMs !== null) {
      await cluster.promote()
      done('promoted', { to: cluster.primary() })
      await cluster.route(cluster.primary())
      done('routed', { to: cluster.primary() })
    } else {
      // What hangs is ended first, as a platform's liveness check does.
      await control.stop(0)
      await control.start()
      done('restarted')
    }
    return true
  } catch (error) {
    note(`the supervisor cannot bring ${id} back: ${error instanceof Error ? error.message : String(error)}`)
    return false
  }
}

/** A connection of its own, and an answer on it, within its patience. */
async function answers(target: ProbeTarget, clock: Clock, signal: AbortSignal): Promise<boolean> {
  const line = target.newLine('fresh')
  const over = new AbortController()
  try {
    const asked = line
      .open()
      .then(() => line.ask(usualQuestion))
      .then(
        () => true,
        () => false,
      )
    const silent = clock.sleep(boundsMs.supervisorPatience, AbortSignal.any([over.signal, signal])).then(() => false)
    return await Promise.race([asked, silent])
  } finally {
    over.abort()
    line.destroy()
  }
}
