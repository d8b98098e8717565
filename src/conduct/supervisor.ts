import type { Clock } from '../domain/clock.ts'
import type { NodeControl } from '../domain/node-control.ts'
import type { SupervisorPlan } from '../domain/plan.ts'
import { usualQuestion } from '../domain/probe-sample.ts'
import type { ProbeTarget } from '../observe/prober.ts'
import { boundsMs } from './bounds.ts'

/**
 * What a supervisor has done, or seen; the first four are the segments of a fail-over, in this order. `acted`: the plan's
 * own hook has.
 */
export type SupervisorStep = 'detected' | 'decided' | 'promoted' | 'routed' | 'restarted' | 'acted' | 'well' | 'fenced'

/** A person decides in place of the policy's times. */
export interface Deciding {
  /** The harm has been seen: nobody is asked before. */
  readonly hasBegun: () => boolean
  /** Whether it is to be done, such as `start primary anew`. Resolves to false when `signal` aborts. */
  readonly confirm: (act: string, signal: AbortSignal) => Promise<boolean>
}

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
  /** null: the policy decides. */
  readonly deciding: Deciding | null
  readonly signal: AbortSignal
}

/** What the policy has for a node that does not answer. */
interface Act {
  readonly afterMs: number
  /** For whoever is asked. */
  readonly text: string
  /** What did not go well is not tried again: it is not ours to know what that would do. */
  readonly isOnce: boolean
  /** It has been decided before, and has still to be ended. */
  readonly isConfirmed: boolean
  carryOut(): Promise<void>
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
  const act = state.hasActed ? null : dueAct(node, nowUs - state.downSinceUs, spec, state)
  if (act === null) return
  state.hasActed = await decideAndAct(act, node, spec)
  // Who could take over, or the node itself, may need a moment more: asked again after as long.
  state.downSinceUs = spec.clock.monotonicUs()
}

/** null: there is none, or it is not time. */
function dueAct(node: SupervisedNode, downUs: number, spec: SupervisorSpec, state: WatchState): Act | null {
  const act = actOn(node, spec, state)
  if (act === null) return null
  if (act.isConfirmed) return act
  const isDue = spec.deciding === null ? downUs >= act.afterMs * 1_000 : spec.deciding.hasBegun()
  return isDue ? act : null
}

/** What is done where it does not answer; null: it is left as it is. */
function actOn(
  { id, control }: SupervisedNode,
  { policy, clock, tell }: SupervisorSpec,
  state: WatchState,
): Act | null {
  const { cluster, hooks } = control
  const { actAfterMs, promoteAfterMs, restartAfterMs } = policy
  const done = (step: SupervisorStep, extra?: object): void => tell(clock.monotonicUs(), id, step, extra)
  if (actAfterMs !== undefined && hooks !== undefined) {
    const carryOut = async (): Promise<void> => {
      await hooks.run('act')
      done('acted')
    }
    return { afterMs: actAfterMs, text: `run hooks.act for ${id}`, isOnce: true, isConfirmed: false, carryOut }
  }
  if (cluster !== null && promoteAfterMs !== null && (state.isLeading || cluster.primary() === id)) {
    const carryOut = async (): Promise<void> => {
      if (!state.isLeading) {
        await cluster.promote()
        done('promoted', { to: cluster.primary() })
      }
      state.isLeading = true
      await cluster.route(cluster.primary())
      state.isLeading = false
      done('routed', { to: cluster.primary() })
    }
    const text = `promote a replica of ${id} and lead new connections to it`
    // Half done, it is ended without another word.
    return { afterMs: promoteAfterMs, text, isOnce: false, isConfirmed: state.isLeading, carryOut }
  }
  if (restartAfterMs === null) return null
  const carryOut = async (): Promise<void> => {
    // What hangs is ended first, as a platform's liveness check does.
    await control.stop(0)
    await control.start()
    done('restarted')
  }
  return { afterMs: restartAfterMs, text: `start ${id} anew`, isOnce: false, isConfirmed: false, carryOut }
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

/** Whether nothing is left to be done about this outage. */
async function decideAndAct(act: Act, node: SupervisedNode, spec: SupervisorSpec): Promise<boolean> {
  const { clock, tell, note, deciding } = spec
  if (deciding !== null && !act.isConfirmed) {
    const word = await wordOn(act, node, deciding, spec)
    if (word !== 'go') return word === 'skip'
  }
  if (!act.isConfirmed) tell(clock.monotonicUs(), node.id, 'decided')
  try {
    await act.carryOut()
    return true
  } catch (error) {
    note(`the supervisor cannot bring ${node.id} back: ${error instanceof Error ? error.message : String(error)}`)
    return act.isOnce && deciding === null
  }
}

/** `well`: it answered before anybody did; the question is withdrawn then. */
async function wordOn(
  act: Act,
  node: SupervisedNode,
  { confirm }: Deciding,
  { clock, signal }: SupervisorSpec,
): Promise<'go' | 'skip' | 'well'> {
  const over = new AbortController()
  const isOpen = AbortSignal.any([over.signal, signal])
  const untilWell = async (): Promise<'well'> => {
    while (!isOpen.aborted && !(await answers(node.probeTarget, clock, isOpen)))
      await clock.sleep(boundsMs.supervisorEvery, isOpen)
    return 'well'
  }
  try {
    const asked = confirm(act.text, isOpen).then((isYes) => (isYes ? 'go' : 'skip'))
    return await Promise.race([asked, untilWell()])
  } finally {
    over.abort()
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
