import type { Plan } from '../domain/plan.ts'
import { usPerSecond } from '../domain/time.ts'
import type { Window } from '../domain/verdict.ts'
import type { StreamState } from '../record/reader-stream.ts'
import type { Gate, Need, Stretch } from './gates.ts'
import { poolLacks } from './pool-readings.ts'
import type { RunView } from './run-view.ts'
import { gapUsMax } from './samples.ts'
import { settledForUs } from './settled.ts'
import { plannedLoadEndUs } from './windows.ts'

/**
 * What samplers tell of a time comes after it: the mark of a second when it is over, a counter with the next sample.
 * One that was cut tells of a time only as far as this before the cut.
 */
export const tellsLateUs = gapUsMax + usPerSecond

/** What a stretch rests on beside what is measured in it: who told where its edges are, and that its fault acted. */
export function restsOn(view: RunView, { shapedBy, fault }: Pick<Stretch, 'shapedBy' | 'fault'>): readonly Need[] {
  const shape = shapedBy.length > 0 ? settlingNeeds(view) : []
  const on = view.injection(fault)?.on
  return on !== undefined && leadsToDatabase(view, on) ? [...shape, 'database'] : shape
}

/**
 * The faults whose recoveries give a window its edges: a recovery ends when the system has settled, and `.clear` begins
 * then. None where nothing settles: then the plan alone gives them.
 */
export function shapersOf(view: RunView, { kind, fault }: Pick<Window, 'kind' | 'fault'>): readonly string[] {
  if (kind !== 'clear' && kind !== 'recovery') return []
  if (view.bounds.latencyMsP95Max === null && view.bounds.errorRatioMax === null) return []
  const recovering = view.plan.faults.filter(({ recoveryMs }) => recoveryMs > 0).map(({ id }) => id)
  return kind === 'clear' ? recovering : recovering.filter((id) => id === fault)
}

/** Where the run may be told to have settled, though what gainsays it was cut off. */
export function shapeGate(view: RunView, { name, shapedBy }: Stretch): Gate | null {
  const needs = shapedBy.length > 0 ? settlingNeeds(view) : []
  for (const id of shapedBy) {
    const lookedUntilUs = lookedUntil(view, id)
    if (lookedUntilUs === null) continue
    const timeline = view.folder.timeline?.state
    if (timeline !== undefined && timeline.wholeUntilUs < lookedUntilUs) {
      return edgeless(name, id, `${timeline.file} was cut before: ${timeline.cut ?? 'no end row'}`)
    }
    for (const need of needs) {
      const lateUs = need === 'calls' ? 0 : tellsLateUs
      const cut = statesOf(view, need).find(
        ({ cut, wholeUntilUs }) => cut !== null && wholeUntilUs < lookedUntilUs + lateUs,
      )
      const what = cut === undefined ? missing(view, need) : `${cut.file} was cut before: ${cut.cut}`
      if (what !== null) return edgeless(name, id, what)
    }
  }
  return null
}

function edgeless(name: string, id: string, what: string): Gate {
  return { reason: 'stream_cut', why: `when ${id} was over, which gives ${name} its edges, cannot be told: ${what}` }
}

/** How far one had to look to see when a window's edge is; null: the fault was never seen to heal. */
function lookedUntil(view: RunView, id: string): number | null {
  const injection = view.injection(id)
  if (injection === null || injection.healVerifiedUs === null) return null
  const recoveryMs = view.plan.faults.find((fault) => fault.id === id)?.recoveryMs ?? 0
  const lastUs = injection.plannedEndUs + recoveryMs * 1_000
  // The end of a timeline that was cut is no end of what there was to see.
  const horizonUs = view.end.reason === 'cut' ? null : view.settlings.get(id)?.horizonUs
  const neededUs = Math.min(injection.settledUs ?? lastUs, lastUs) + settledForUs
  return Math.min(neededUs, horizonUs ?? plannedLoadEndUs(view.plan))
}

function settlingNeeds(view: RunView): readonly ('calls' | 'pool' | 'database')[] {
  const hasPool = view.plan.observe.pool !== null && poolLacks(['pending'])(view) === null
  return [
    'calls',
    ...(hasPool ? (['pool'] as const) : []),
    ...(view.bounds.connectionsMax === null ? [] : (['database'] as const)),
  ]
}

function statesOf({ folder }: RunView, need: 'calls' | 'pool' | 'database'): readonly StreamState[] {
  if (need === 'calls') return folder.calls?.states ?? []
  const state = folder[need]?.state
  return state === undefined ? [] : [state]
}

function missing(view: RunView, need: 'calls' | 'pool' | 'database'): string | null {
  const wanted = need === 'calls' ? view.plan.load.instances : 1
  const found = statesOf(view, need).length
  return found < wanted ? `the run folder has ${found} of ${wanted} ${need} streams` : null
}

/** What a fault on a link to a database needs of the database: whether the system has a connection there at all. */
export function leadsToDatabase({ plan }: RunView, on: string): boolean {
  const { links, nodes } = plan.stack
  return nodes[links[on]?.to ?? '']?.role === 'postgres'
}

/** Whether Squall asks a database of the stack itself: all but those of another platform that are not named. */
export function asksDatabase({ stack }: Plan): boolean {
  return Object.values(stack.nodes).some(
    ({ role, url }) => role === 'postgres' && (stack.kind !== 'external' || url !== null),
  )
}
