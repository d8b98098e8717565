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
  const state: WatchState = { downSinceUs: null, hasActed: false, isLeading: false, isToBeFenced: false }
  while (!signal.aborted) {
    const isWell = await answers(node.probeTarget, clock, signal)
    if (signal.aborted) return
    if (isWell) await cameBack(node, spec, state)
    else await stayedAway(node, spec, state)
    await clock.sleep(boundsMs.supervisorEvery, signal)
  }
}

interface WatchState {
  /** null: it answers. */
  downSinceUs: number | null
  hasActed: boolean
  /** Another has been promoted over it, and new connections do not lead there yet. */
  isLeading: boolean
  /** It was away: when it answers again it may have to be kept from taking writes. */
  isToBeFenced: boolean
}

async function cameBack(node: SupervisedNode, spec: SupervisorSpec, state: WatchState): Promise<void> {
  if (state.downSinceUs !== null) spec.tell(spec.clock.monotonicUs(), node.id, 'well')
  state.downSinceUs = null
  state.hasActed = false
  // Until it is done: one that is not fenced takes writes.
  if (state.isToBeFenced && spec.policy.fences) state.isToBeFenced = !(await fence(node, spec))
}

async function stayedAway(node: SupervisedNode, spec: SupervisorSpec, state: WatchState): Promise<void> {
  const nowUs = spec.clock.monotonicUs()
  if (state.downSinceUs === null) spec.tell(nowUs, node.id, 'detected')
  state.downSinceUs ??= nowUs
  state.isToBeFenced = true
  const afterMs = policyOf(node, spec.policy, state)
  if (afterMs === null || state.hasActed || nowUs - state.downSinceUs < afterMs * 1_000) return
  state.hasActed = await act(node, spec, state)
  // Who could take over, or the node itself, may need a moment more: asked again after as long.
  if (!state.hasActed) state.downSinceUs = spec.clock.monotonicUs()
}

/** Of a primary that others follow: until another takes writes and is led to. null: it is left as it is. */
function policyOf(
  { control }: SupervisedNode,
  { promoteAfterMs, restartAfterMs }: SupervisorPlan,
  { isLeading }: WatchState,
): number | null {
  if (isLeading) return 0
  return isFollowed(control) && promoteAfterMs !== null ? promoteAfterMs : restartAfterMs
}

function isFollowed({ cluster, id }: NodeControl): boolean {
  return cluster !== null && cluster.primary() === id
}

/** One that others have been promoted over, and that takes writes all the same, is ended. Whether nothing is left to do. */
async function fence({ control, id }: SupervisedNode, { clock, tell, note }: SupervisorSpec): Promise<boolean> {
  const { cluster, database } = control
  if (cluster === null || database === null || cluster.primary() === id) return true
  try {
    const [row] = await database.run('select pg_is_in_recovery() as follows')
    if (row?.follows === 't') return true
    await control.stop(0)
    tell(clock.monotonicUs(), id, 'fenced')
    return true
  } catch (error) {
    note(`the supervisor cannot fence ${id}: ${error instanceof Error ? error.message : String(error)}`)
    return false
  }
}

/** Whether it went well. */
async function act(
  { control, id }: SupervisedNode,
  { policy, clock, tell, note }: SupervisorSpec,
  state: WatchState,
): Promise<boolean> {
  const { cluster } = control
  const done = (step: SupervisorStep, extra?: object): void => tell(clock.monotonicUs(), id, step, extra)
  if (!state.isLeading) done('decided')
  try {
    if (cluster !== null && (state.isLeading || (isFollowed(control) && policy.promoteAfterMs !== null))) {
      if (!state.isLeading) {
        await cluster.promote()
        done('promoted', { to: cluster.primary() })
      }
      state.isLeading = true
      await cluster.route(cluster.primary())
      state.isLeading = false
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
