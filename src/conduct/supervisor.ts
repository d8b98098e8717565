import type { Clock } from '../domain/clock.ts'
import type { NodeControl } from '../domain/node-control.ts'
import type { SupervisorPlan } from '../domain/plan.ts'
import { usualQuestion } from '../domain/probe-sample.ts'
import type { ProbeTarget } from '../observe/prober.ts'
import { boundsMs } from './bounds.ts'

/** What a supervisor has done, or seen; the first four are the segments of a fail-over, in this order. */
export type SupervisorStep = 'detected' | 'decided' | 'promoted' | 'routed' | 'restarted' | 'well' | 'fenced'

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
  const { clock, signal } = spec
  let state: WatchState = { downSinceUs: null, hasActed: false }
  while (!signal.aborted) {
    const isWell = await answers(node.probeTarget, clock, signal)
    if (signal.aborted) return
    state = isWell ? await cameBack(node, spec, state) : await stayedAway(node, spec, state)
    await clock.sleep(boundsMs.supervisorEvery, signal)
  }
}

interface WatchState {
  /** null: it answers. */
  readonly downSinceUs: number | null
  readonly hasActed: boolean
}

async function cameBack(node: SupervisedNode, spec: SupervisorSpec, { downSinceUs }: WatchState): Promise<WatchState> {
  if (downSinceUs !== null) {
    spec.tell(spec.clock.monotonicUs(), node.id, 'well')
    if (spec.policy.fences) await fence(node, spec)
  }
  return { downSinceUs: null, hasActed: false }
}

async function stayedAway(node: SupervisedNode, spec: SupervisorSpec, state: WatchState): Promise<WatchState> {
  const nowUs = spec.clock.monotonicUs()
  if (state.downSinceUs === null) spec.tell(nowUs, node.id, 'detected')
  const downSinceUs = state.downSinceUs ?? nowUs
  const afterMs = policyOf(node, spec.policy)
  if (afterMs === null || state.hasActed || nowUs - downSinceUs < afterMs * 1_000)
    return { downSinceUs, hasActed: state.hasActed }
  // Who could take over, or the node itself, may need a moment more: asked again after as long.
  const hasActed = await act(node, spec)
  return { downSinceUs: hasActed ? downSinceUs : spec.clock.monotonicUs(), hasActed }
}

/** Of a primary that others follow: until a promotion. null: it is left as it is. */
function policyOf({ control }: SupervisedNode, { promoteAfterMs, restartAfterMs }: SupervisorPlan): number | null {
  return isFollowed(control) && promoteAfterMs !== null ? promoteAfterMs : restartAfterMs
}

function isFollowed({ cluster, id }: NodeControl): boolean {
  return cluster !== null && cluster.primary() === id
}

/** One that others have been promoted over, and that takes writes all the same, is ended before many come. */
async function fence({ control, id }: SupervisedNode, { clock, tell, note }: SupervisorSpec): Promise<void> {
  const { cluster, database } = control
  if (cluster === null || database === null || cluster.primary() === id) return
  try {
    const [row] = await database.run('select pg_is_in_recovery() as follows')
    if (row?.follows === 't') return
    await control.stop(0)
    tell(clock.monotonicUs(), id, 'fenced')
  } catch (error) {
    note(`the supervisor cannot fence ${id}: ${error instanceof Error ? error.message : String(error)}`)
  }
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
