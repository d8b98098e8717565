import { contains, type Span, usPerSecond } from '../domain/time.ts'
import type { InjectionRecord, ReasonCode, Window } from '../domain/verdict.ts'
import type { StreamState } from '../record/reader-stream.ts'
import { bridgeParts } from './bridge-parts.ts'
import { generatorErrorCode } from './call-facts.ts'
import type { CallSet } from './call-set.ts'
import { poolParts, silenceOf } from './instance-pools.ts'
import { isDerived, tellsUse } from './own-sessions.ts'
import { proxyUseGate } from './proxy-use.ts'
import { asksDatabase, leadsToDatabase, shapeGate, shapersOf, tellsLateUs } from './rests-on.ts'
import { linksToDatabase } from './round-trips.ts'
import type { RunView } from './run-view.ts'
import { gapUsMax, type Sampled, silence } from './samples.ts'
import { there } from './there.ts'
import { withLoad } from './windows.ts'

/** What a measure rests on. `delivery`: that the load was really offered. */
export type Need = 'calls' | 'delivery' | 'answers' | 'pool' | 'database' | 'balancer' | 'bridge' | 'probe' | 'ledger'

export interface Gate {
  readonly reason: ReasonCode
  /** For a person: what is missing, when. */
  readonly why: string
}

/** Generator lateness that makes load undelivered: more than 1 % of the calls over 50 ms (docs/reading-a-report.md). */
export const lateMs = 50
export const lateRatioMax = 0.01
/** One call alone is over 1 % of any window with fewer than 100, and moves no percentile of it by more than a place. */
export const lateCallsMin = 2
/** The generator leaves within 59 ms of the last phase's end when nothing is open, as measured with k6 1.8. */
const earlyEndUs = usPerSecond

/** The part of a run that a measurement is about. */
export interface Stretch {
  readonly name: string
  readonly spans: readonly Span[]
  /** The injection that it belongs to. */
  readonly fault: string | null
  /** The injections whose recoveries give it its edges. */
  readonly shapedBy: readonly string[]
  readonly calls: CallSet
}

export function stretchOf(view: RunView, window: Window): Stretch {
  const { id: name, spans, fault } = window
  return { name, spans, fault, shapedBy: shapersOf(view, window), calls: view.calls(window) }
}

/** Why nothing can be said about a stretch of a run, or null when the evidence is there. First come, first named. */
export function gate(view: RunView, stretch: Stretch, needs: readonly Need[]): Gate | null {
  return (
    faultGate(view, stretch) ??
    existenceGate(view, stretch) ??
    timelineGate(view, stretch) ??
    shapeGate(view, stretch) ??
    (needs.includes('calls') || needs.includes('delivery') ? callsGate(view, stretch) : null) ??
    (needs.includes('delivery') ? deliveryGate(view, stretch) : null) ??
    (needs.includes('pool') ? poolGate(view, stretch) : null) ??
    (needs.includes('database') ? databaseGate(view, stretch) : null) ??
    (needs.includes('balancer') ? balancerGate(view, stretch) : null) ??
    (needs.includes('bridge') ? bridgeGate(view, stretch) : null) ??
    (needs.includes('probe') ? probeGate(view, stretch) : null) ??
    (needs.includes('ledger') ? ledgerGate(view, stretch) : null)
  )
}

function faultGate(view: RunView, { fault }: Stretch): Gate | null {
  const injection = view.injection(fault)
  if (injection === null) return null
  if (injection.requestedUs === null && injection.observedUs === null)
    return neverCame(view, `the fault ${injection.id}`)
  if (injection.notPossible !== undefined) {
    return {
      reason: 'not_possible_here',
      why: `the fault ${injection.id} is not possible here: ${injection.notPossible}`,
    }
  }
  const acted = injection.appliedUs !== null && injection.observedUs !== null
  const over = acted && injection.healVerifiedUs !== null
  const isTold = view.end.reason !== 'interrupted' && view.end.reason !== 'cut'
  if (!over && !isTold) return neverCame(view, `the end of the fault ${injection.id}`)
  if (!acted) {
    // An error on the link that somebody else caused looks like the effect of a fault that was never applied.
    const what = injection.appliedUs === null ? 'it could not be applied' : 'its effect was never seen'
    return { reason: 'fault_not_observed', why: `the fault ${injection.id} was requested, but ${what}` }
  }
  if (injection.stoppedUs !== null) {
    const why = `the fault ${injection.id} could not act any more from ${seconds(injection.stoppedUs)} s on`
    return { reason: 'fault_not_observed', why }
  }
  if (injection.healVerifiedUs === null) {
    return { reason: 'fault_not_healed', why: `the end of the fault ${injection.id} was never seen` }
  }
  return unusedLinkGate(view, injection) ?? proxyUseGate(view, injection)
}

/** A link to a database that the system never connects to can be harmed at will: our own connections alone feel it. */
function unusedLinkGate(view: RunView, { id, on }: InjectionRecord): Gate | null {
  if (!leadsToDatabase(view, on)) return null
  const { database } = view.folder
  const to = view.plan.stack.links[on]?.to ?? on
  const told = (database?.rows ?? []).filter((row) => row.error === null && row.tUs >= 0)
  const counts = told.flatMap(({ connections }) => connections ?? [])
  if (counts.some((connections) => connections > 0)) return null
  const cut =
    database === null && asksDatabase(view.plan) ? 'the run folder has no database stream' : database?.state.cut
  if (cut)
    return { reason: 'stream_cut', why: `whether anybody used the link of the fault ${id} cannot be told: ${cut}` }
  if (counts.length === 0) return null
  const why = `the system had no connection to ${to} all through the run, so the fault ${id} reached nobody but us`
  return { reason: 'fault_not_observed', why }
}

function existenceGate(view: RunView, { name, spans, fault }: Stretch): Gate | null {
  const last = spans.at(-1)
  if (last === undefined) {
    if (fault !== null) return { reason: 'no_samples', why: `${name} has no length: nothing happened in it` }
    return name.endsWith('.clear') && view.end.reason === 'planned'
      ? { reason: 'no_samples', why: `no time of ${name} is clear of injections and recoveries` }
      : neverCame(view, name)
  }
  return view.end.reason !== 'cut' && view.end.tUs < last.endUs ? neverCame(view, `the end of ${name}`) : null
}

function neverCame(view: RunView, what: string): Gate {
  const { reason, tUs } = view.end
  const state = view.folder.timeline?.state
  if (state === undefined) return noTimeline
  if (reason === 'cut')
    return { reason: 'stream_cut', why: `${state.file} ends before ${what}: ${state.cut ?? 'no end row'}` }
  return reason === 'interrupted'
    ? { reason: 'interrupted', why: `the run was interrupted at ${seconds(tUs)} s, before ${what}` }
    : { reason: 'window_missing', why: `the run ended at ${seconds(tUs)} s without ${what}` }
}

const noTimeline: Gate = { reason: 'stream_cut', why: 'the run folder has no timeline' }

function timelineGate(view: RunView, { spans, name }: Stretch): Gate | null {
  const { timeline } = view.folder
  if (timeline === null) return noTimeline
  // What is clear of faults is known to the phase's end alone: one that was not told of would lie in it.
  const phase = view.window(name.replace(/\.clear$/, ''))?.spans ?? spans
  const cut = cutGate(timeline.state, phase, name)
  if (cut !== null) return cut
  const step = timeline.rows.find((row) => row.kind === 'clock' && spans.some((span) => contains(span, row.tUs)))
  if (step === undefined) return null
  const stepUs = step.data.stepUs
  const size = typeof stepUs === 'number' ? `${(stepUs / 1000).toFixed(0)} ms` : 'unknown size'
  return { reason: 'clock_stepped', why: `the clock stepped by ${size} at ${seconds(step.tUs)} s` }
}

/** `lateUs`: what the stream tells of a time comes so long after it. */
function cutGate(state: StreamState, spans: readonly Span[], name: string, lateUs = 0): Gate | null {
  const endUs = (spans.at(-1)?.endUs ?? Number.NEGATIVE_INFINITY) + lateUs
  if (state.cut === null || state.wholeUntilUs >= endUs) return null
  const from = Number.isFinite(state.wholeUntilUs) ? `from ${seconds(state.wholeUntilUs)} s on` : 'as a whole'
  return {
    reason: 'stream_cut',
    why: `${state.file} cannot be trusted ${from}, before the end of ${name}: ${state.cut}`,
  }
}

function callsGate(view: RunView, stretch: Stretch): Gate | null {
  const states = view.folder.calls?.states ?? []
  if (states.length === 0) return { reason: 'no_samples', why: 'the run folder has no calls stream' }
  for (const state of states) {
    const cut = cutGate(state, stretch.spans, stretch.name)
    if (cut !== null) return cut
  }
  const missing = view.plan.load.instances - states.length
  if (missing > 0)
    return {
      reason: 'load_not_delivered',
      why: `${missing} of ${view.plan.load.instances} load instances left no calls`,
    }
  return null
}

function deliveryGate(view: RunView, { calls, spans, name }: Stretch): Gate | null {
  const loadEndUs = view.loadEndUs
  // A fault may outlast the load, by the time that it takes to see its end.
  const endUs = withLoad(view.plan, spans).at(-1)?.endUs ?? Number.NEGATIVE_INFINITY
  if (loadEndUs !== null && loadEndUs + earlyEndUs < endUs) {
    return { reason: 'load_not_delivered', why: `the load ended at ${seconds(loadEndUs)} s, before the end of ${name}` }
  }
  if (calls.intended === 0) return { reason: 'no_samples', why: `no call was intended in ${name}` }
  const thrown = there(calls.byOutcome[generatorErrorCode])
  if (thrown > 0) return { reason: 'generator_error', why: `our own script failed in ${thrown} calls of ${name}` }
  const late = calls.lateBy(lateMs)
  if (late >= lateCallsMin && late > lateRatioMax * calls.sent) {
    const share = ((100 * late) / calls.sent).toFixed(1)
    return {
      reason: 'load_not_delivered',
      why: `${share} % of the calls began over ${lateMs} ms late by the generator's own doing`,
    }
  }
  return null
}

function poolGate(view: RunView, stretch: Stretch): Gate | null {
  if (isDerived(view)) return sessionsGate(view, stretch)
  const everyMs = view.plan.observe.pool?.everyMs ?? 0
  const parts = poolParts(view, stretch.spans)
  const silent = (): string | null => {
    for (const part of parts) {
      const why = silenceOf(part, everyMs)
      if (why !== null) return why
    }
    return null
  }
  return samplerGate('pool', view.folder.pool, silent, stretch)
}

function databaseGate(view: RunView, stretch: Stretch): Gate | null {
  const { database } = view.folder
  const silent = () => silence(database?.rows ?? [], stretch.spans, view.plan.observe.databaseEveryMs)
  return samplerGate('database', database, silent, stretch)
}

/** A look that did not see what the sessions do is none. */
function sessionsGate(view: RunView, stretch: Stretch): Gate | null {
  const { database } = view.folder
  const telling = (database?.rows ?? []).filter(tellsUse)
  const silent = (): string | null => {
    const why = silence(telling, stretch.spans, view.plan.observe.databaseEveryMs)
    return why === null ? null : `${why}, of those that tell what the sessions do`
  }
  const told = databaseGate(view, stretch) ?? samplerGate('database', database, silent, stretch)
  // How long answers took is told by those that came when the stretch was over as well.
  return told ?? (linksToDatabase(view).size > 0 ? probeGate(view, stretch, tellsLateUs) : null)
}

/** Sampled as often as the probes; the first of its instances stands for all, whose rows come together. */
function balancerGate(view: RunView, stretch: Stretch): Gate | null {
  const [first = []] = view.instances
  const silent = () => silence(first, stretch.spans, view.plan.observe.probeEveryMs)
  return samplerGate('balancer', view.folder.balancer, silent, stretch)
}

/** What it tells counts on from its start: a gap, as while it is frozen, loses nothing that is told before and after it. */
function bridgeGate(view: RunView, stretch: Stretch): Gate | null {
  const silent = (): string | null => {
    const whys = bridgeParts(view).flatMap((rows) => stretch.spans.map((span) => lackingAround(rows, span)))
    return whys.find((why) => why !== null) ?? null
  }
  return samplerGate('bridge', view.folder.bridge, silent, stretch)
}

/** An edge of a span with nothing told on its outer side, nor soon on its inner one. */
function lackingAround(rows: readonly Sampled[], { startUs, endUs }: Span): string | null {
  const told = rows.filter(({ error }) => error === null)
  if (!told.some(({ tUs }) => tUs <= startUs + gapUsMax)) return `no answer by ${seconds(startUs)} s`
  return told.some(({ tUs }) => tUs >= endUs - gapUsMax) ? null : `no answer from ${seconds(endUs)} s on`
}

/** A probe waits for its answers, for as long as a fault lasts: only where it ends is told, not how often it spoke. */
function probeGate(view: RunView, { spans, name }: Stretch, lateUs = 0): Gate | null {
  const { probe } = view.folder
  if (probe === null) return { reason: 'sampler_silent', why: 'the run folder has no probe stream' }
  return cutGate(probe.state, spans, name, lateUs)
}

/** Whether what survived was read as well is the business of those who count it. */
function ledgerGate(view: RunView, { spans, name }: Stretch): Gate | null {
  const { ledger } = view.folder
  if (ledger === null) return { reason: 'no_samples', why: 'the run folder has no ledger stream' }
  return cutGate(ledger.state, spans, name)
}

function samplerGate(
  what: string,
  stream: { readonly state: StreamState; readonly rows: readonly Sampled[] } | null,
  /** Why it is no evidence for the stretch. */
  silent: () => string | null,
  { spans, name }: Stretch,
): Gate | null {
  if (stream === null) return { reason: 'sampler_silent', why: `the run folder has no ${what} stream` }
  const cut = cutGate(stream.state, spans, name, tellsLateUs)
  if (cut !== null) return cut
  const why = silent()
  if (why === null) return null
  const failed = stream.rows.find((row) => row.error !== null && spans.some((span) => contains(span, row.tUs)))
  const error = failed?.error ?? null
  return { reason: 'sampler_silent', why: `the ${what} sampler had ${why}${error === null ? '' : ` (${error})`}` }
}

function seconds(us: number): string {
  return (us / usPerSecond).toFixed(1)
}
