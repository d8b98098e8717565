import { msToUs } from '../domain/time.ts'
import type { InjectionRecord, Measured } from '../domain/verdict.ts'
import { injectionStartUs } from './injections.ts'
import type { LedgerFacts } from './ledger-facts.ts'
import { ledgerLacks } from './ledger-measures.ts'
import type { MeasureSpec, Question } from './measure-spec.ts'
import { atLeast, between, none } from './measured.ts'
import { type RecoveryClock, recoveryClock, sustainedUs as sightUs } from './recovery-clock.ts'
import type { RunView } from './run-view.ts'
import { plannedLoadEndUs } from './windows.ts'

/** Where a plan does not say what its users accept: the launch criteria (targets.md, A). */
const usualTargets = { errorRatioMax: 0.05, latencyMsP95Max: 5_000 }

const common = {
  unit: 'ms',
  bounds: ['max'],
  windows: ['injection'],
  perTool: false,
  needs: ['ledger'],
} as const

interface Segment {
  readonly id: string
  readonly title: string
  readonly from: (clock: RecoveryClock) => number | null
  readonly to: (clock: RecoveryClock) => number | null
}

/** They follow one another, from the request of the fault to the recovery that lasts, and add up to it. */
const segments: readonly Segment[] = [
  {
    id: 'detect',
    title: 'Fault until our supervisor noticed',
    from: ({ startUs }) => startUs,
    to: ({ detectedUs }) => detectedUs,
  },
  {
    id: 'decide',
    title: 'Noticed until our supervisor decided',
    from: ({ detectedUs }) => detectedUs,
    to: ({ decidedUs }) => decidedUs,
  },
  {
    id: 'promote',
    title: 'Decided until a replica took writes',
    from: ({ decidedUs }) => decidedUs,
    to: ({ promotedUs }) => promotedUs,
  },
  {
    id: 'route',
    title: 'Promoted until our route led there',
    from: ({ promotedUs }) => promotedUs,
    to: ({ routedUs }) => routedUs,
  },
  {
    id: 'restart',
    title: 'Decided until our supervisor had started it anew',
    from: ({ decidedUs }) => decidedUs,
    to: ({ restartedUs }) => restartedUs,
  },
  {
    id: 'act',
    title: 'Decided until your own hook had acted',
    from: ({ decidedUs }) => decidedUs,
    to: ({ actedUs }) => actedUs,
  },
  {
    id: 'first_success',
    title: 'Route, restart or your own hook done until the first write succeeded',
    from: doneUs,
    to: ({ firstUs }) => firstUs,
  },
  {
    id: 'sustain',
    title: 'First success until a recovery that lasts',
    from: ({ firstUs }) => firstUs,
    to: ({ sustainedUs }) => sustainedUs,
  },
]

/** The last that was done about it. */
function doneUs({ routedUs, restartedUs, actedUs }: RecoveryClock): number | null {
  return routedUs ?? restartedUs ?? actedUs
}

export const recoveryMeasures: readonly MeasureSpec[] = [
  {
    ...common,
    id: 'recovery.rto_first',
    title: 'Fault until the first write succeeded, through the whole path',
    lacking: ledgerLacks,
    compute: (question) =>
      timed(question, wholePath(question.view), 'end of the first write that succeeded and was sent after the harm', {
        to: ({ firstUs }) => firstUs,
        gap: ({ firstGapUs }) => firstGapUs,
        sightUs: 0,
      }),
  },
  {
    ...common,
    id: 'recovery.rto_sustained',
    title: 'Fault until a recovery that lasts, through the whole path',
    lacking: ledgerLacks,
    compute: (question) => sustained(question, wholePath(question.view)),
  },
  {
    ...common,
    id: 'recovery.at_database',
    title: 'Fault until a recovery that lasts, at the database alone',
    lacking: (view) =>
      ledgerLacks(view) ??
      (view.ledger.some(({ via }) => via === 'sql')
        ? null
        : 'no writes go straight to the database: ledger: {via: both}'),
    compute: (question) => sustained(question, factsVia(question.view, 'sql')),
  },
  ...segments.map(
    ({ id, title, from, to }): MeasureSpec => ({
      ...common,
      id: `recovery.${id}`,
      title,
      lacking: supervisorLacks,
      compute: (question) => segment(question, from, to, howOf(id, question.view)),
    }),
  ),
  {
    ...common,
    id: 'recovery.harness_share',
    title: "What of a fail-over is Squall's own: noticing, promoting and routing",
    lacking: supervisorLacks,
    compute: harnessShare,
  },
]

function supervisorLacks(view: RunView): string | null {
  return view.plan.stack.supervisor
    ? ledgerLacks(view)
    : 'nothing restarts or promotes by itself: stack.supervisor, such as supervisor: {promote: {after: 3 s}}'
}

/** As users write, where the ledger does; else straight to the database. */
function wholePath(view: RunView): LedgerFacts | null {
  return factsVia(view, 'tool') ?? factsVia(view, 'sql')
}

function factsVia(view: RunView, via: LedgerFacts['via']): LedgerFacts | null {
  return view.ledger.find((facts) => facts.via === via) ?? null
}

/** Until the next harm that comes when this one is over, or the end of the writes: what comes before belongs to it. */
function lookedUntilUs(view: RunView, injection: InjectionRecord): number {
  const { id: own, healVerifiedUs, plannedEndUs } = injection
  const harmful = new Set(view.plan.faults.filter(({ judgedBy }) => judgedBy === 'bounded').map(({ id }) => id))
  const next = view.injections
    .filter(({ id }) => harmful.has(id) && id !== own)
    .flatMap((injection) => injectionStartUs(injection) ?? [])
    .filter((otherUs) => otherUs >= (healVerifiedUs ?? plannedEndUs))
  const toldUs = view.folder.ledger?.state.wholeUntilUs ?? Number.NEGATIVE_INFINITY
  return Math.min(plannedLoadEndUs(view.plan), view.end.tUs, toldUs, ...next, ...repaired(view, injection))
}

/**
 * Where a supervisor is to bring a node back, the end of the fault on it does so as well, at last: what works again only
 * then was not recovered by the platform. Of all else the fault's end is a part of the recovery.
 */
function repaired({ plan }: RunView, { on, plannedEndUs }: InjectionRecord): readonly number[] {
  return plan.stack.supervisor && plan.stack.nodes[on] !== undefined ? [plannedEndUs] : []
}

function clockOf({ view, window }: Question, facts: LedgerFacts | null): RecoveryClock | null {
  const injection = view.injection(window.fault)
  if (injection === null || facts === null) return null
  return recoveryClock({
    injection,
    facts,
    timeline: view.folder.timeline?.rows ?? [],
    targets: {
      errorRatioMax: view.bounds.errorRatioMax ?? usualTargets.errorRatioMax,
      latencyMsP95Max: view.bounds.latencyMsP95Max ?? usualTargets.latencyMsP95Max,
    },
    horizonUs: lookedUntilUs(view, injection),
  })
}

function sustained(question: Question, facts: LedgerFacts | null): Measured {
  const how = 'first write from which, for 5 s, errors and p95 were within the targets and the offered rate was met'
  return timed(question, facts, how, {
    to: ({ sustainedUs }) => sustainedUs,
    gap: ({ sustainedGapUs }) => sustainedGapUs,
    sightUs,
  })
}

interface Timed {
  readonly to: (clock: RecoveryClock) => number | null
  readonly gap: (clock: RecoveryClock) => number
  /** So long one must look on to be sure of it. */
  readonly sightUs: number
}

/** From the fault on. The truth lies between when the harm was there and the write before, and this one. */
function timed(
  question: Question,
  facts: LedgerFacts | null,
  how: string,
  { to, gap, sightUs: neededUs }: Timed,
): Measured {
  const clock = clockOf(question, facts)
  if (clock === null || facts === null) return none('no_samples', 'no write was recorded', 'ms', 0, how)
  const method = `${how} (by ${facts.via})`
  const atUs = to(clock)
  const horizonUs = msToUs(question.view.plan.drill?.horizonMs ?? Number.POSITIVE_INFINITY)
  // What began later than this could not have been told from what does not last.
  const toldUs = Math.max(0, clock.horizonUs - clock.startUs - neededUs)
  if (atUs === null || atUs - clock.startUs > horizonUs)
    return atLeast(Math.min(toldUs, horizonUs) / 1_000, 'ms', clock.writes, method)
  const us = atUs - clock.startUs
  const low = Math.max(0, us - gap(clock) - (clock.harmedUs - clock.startUs))
  return between(us / 1_000, { low: low / 1_000, high: us / 1_000 }, 'ms', clock.writes, method)
}

/** Whose doing a segment is. */
function howOf(id: string, { plan }: RunView): string {
  if (id === 'act') return 'by your own hook, on the run clock'
  if (id === 'decide' && plan.drill?.mode === 'manual') return 'by whoever answered, on the run clock'
  return 'by our own supervisor (synthetic), on the run clock'
}

function segment(question: Question, from: Segment['from'], to: Segment['to'], how: string): Measured {
  const facts = wholePath(question.view)
  const clock = clockOf(question, facts)
  const fromUs = clock === null ? null : from(clock)
  if (clock === null || fromUs === null) return none('no_samples', 'it did not come to that', 'ms', 0, how)
  const toUs = to(clock)
  if (toUs === null) {
    const isOver = clock.sustainedUs !== null
    return isOver
      ? none('no_samples', 'it did not come to that', 'ms', 0, how)
      : atLeast((clock.horizonUs - fromUs) / 1_000, 'ms', 1, how)
  }
  const us = toUs - fromUs
  return between(us / 1_000, { low: us / 1_000, high: us / 1_000 }, 'ms', 1, how)
}

function harnessShare(question: Question): Measured {
  const how = 'fault until noticed, and decided until routed: all but the waiting that the plan asks for'
  const clock = clockOf(question, wholePath(question.view))
  const { startUs, detectedUs = null, decidedUs = null } = clock ?? {}
  const endUs = clock === null ? null : doneUs(clock)
  if (startUs === undefined || detectedUs === null || decidedUs === null || endUs === null)
    return none('no_samples', 'the supervisor did not act, or not to its end', 'ms', 0, how)
  // What a hook of the users' own took is not ours.
  const us = detectedUs - startUs + (clock?.actedUs === endUs ? 0 : endUs - decidedUs)
  return between(us / 1_000, { low: us / 1_000, high: us / 1_000 }, 'ms', 1, how)
}
