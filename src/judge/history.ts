import type { DrillPlan } from '../domain/plan.ts'
import { nextDueMs } from '../domain/schedule.ts'
import { type Verdict, verdicts } from '../domain/verdict.ts'
import type { Outcome } from '../record/past-runs.ts'

/** One past run with what it was found to be; a text says why nothing is known. */
export interface Past {
  readonly id: string
  readonly folder: string
  /** UTC, ISO 8601. */
  readonly startedAt: string
  readonly plan: string
  readonly quick: boolean
  readonly drill: DrillPlan | null
  readonly outcome: Outcome | string
}

export type Trend = 'better' | 'worse' | 'same'

/** The worst of a measure in one run; `isOpen`: at least that much, as it was not over. */
export interface Worst {
  readonly value: number
  readonly unit: string
  readonly isOpen: boolean
  readonly low: number
  readonly high: number
}

export interface HistoryRow {
  readonly past: Past
  readonly verdict: Verdict | null
  /** null: the run did not measure it. */
  readonly rto: Worst | null
  readonly rpo: Worst | null
  readonly lostWrites: Worst | null
  /** Against the judged run before of the same plan; null: there is none, or nothing to compare. */
  readonly trend: { readonly verdict: Trend | null; readonly rto: Trend | null }
}

/** Past runs, newest first, each against the one before it. Quick runs are compared with quick ones alone. */
export function historyOf(runs: readonly Past[]): readonly HistoryRow[] {
  const rows = runs.map((past) => ({ past, ...numbersOf(past) }))
  return rows.map((row, at) => {
    const before = rows
      .slice(at + 1)
      .find(({ past, verdict }) => verdict !== null && past.plan === row.past.plan && past.quick === row.past.quick)
    const trend =
      before === undefined || row.verdict === null
        ? { verdict: null, rto: null }
        : { verdict: verdictTrend(row.verdict, before.verdict), rto: lowerIsBetter(row.rto, before.rto) }
    return { ...row, trend }
  })
}

function numbersOf({ outcome }: Past): Omit<HistoryRow, 'past' | 'trend'> {
  if (typeof outcome === 'string') return { verdict: null, rto: null, rpo: null, lostWrites: null }
  const worst = (id: string) => worstOf(outcome, id)
  return {
    verdict: outcome.verdict,
    rto: worst('recovery.rto_sustained'),
    rpo: worst('data.rpo'),
    lostWrites: worst('data.lost_writes'),
  }
}

function worstOf({ measurements }: Outcome, id: string): Worst | null {
  const all = measurements.flatMap((row): Worst[] => {
    const { value, unit, kind, interval } = row
    if (row.id !== id || typeof value !== 'number') return []
    if (kind === 'atLeast') return [{ value, unit, isOpen: true, low: value, high: Number.POSITIVE_INFINITY }]
    const { low, high } = interval ?? { low: value, high: value }
    return [{ value, unit, isOpen: false, low, high: high ?? Number.POSITIVE_INFINITY }]
  })
  // What was not over is worse than any number.
  return all.sort((a, b) => Number(b.isOpen) - Number(a.isOpen) || b.value - a.value)[0] ?? null
}

function verdictTrend(now: Verdict, before: Verdict | null): Trend | null {
  if (before === null) return null
  const step = verdicts.indexOf(now) - verdicts.indexOf(before)
  if (step === 0) return 'same'
  return step > 0 ? 'better' : 'worse'
}

/** Intervals that touch prove no difference. */
function lowerIsBetter(now: Worst | null, before: Worst | null): Trend | null {
  if (now === null || before === null) return null
  if (now.high < before.low) return 'better'
  return now.low > before.high ? 'worse' : 'same'
}

export interface Due {
  readonly drill: string
  /** When it was last done with a verdict that says something; null: never. */
  readonly lastAt: string | null
  readonly every: DrillPlan['every']
  /** null: no schedule, or never done. */
  readonly dueAt: string | null
  readonly state: 'due later' | 'overdue' | 'no schedule' | 'never run'
}

/**
 * Which drills are to be done again, at `nowMs` since the Unix epoch, by the schedule of each one's newest run. Only a
 * run that passed or failed counts as done: an inconclusive one has shown nothing. `known`: names of all drills there are.
 */
export function dueDrills(runs: readonly Past[], known: readonly string[], nowMs: number): readonly Due[] {
  const ran = runs.flatMap(({ drill }) => (drill === null ? [] : [drill.name]))
  return [...new Set([...known, ...ran])].sort().map((name) => dueOf(name, runs, nowMs))
}

function dueOf(name: string, runs: readonly Past[], nowMs: number): Due {
  const own = runs.filter(({ drill }) => drill?.name === name)
  const every = own[0]?.drill?.every ?? null
  const last = own.find(({ outcome }) => typeof outcome !== 'string' && outcome.verdict !== 'unknown')
  if (last === undefined) return { drill: name, lastAt: null, every, dueAt: null, state: 'never run' }
  const done = { drill: name, lastAt: last.startedAt, every }
  if (every === null) return { ...done, dueAt: null, state: 'no schedule' }
  const dueMs = nextDueMs(Date.parse(last.startedAt), every)
  return { ...done, dueAt: new Date(dueMs).toISOString(), state: dueMs < nowMs ? 'overdue' : 'due later' }
}
