import { outcomes } from '../domain/outcome.ts'
import type { Window } from '../domain/verdict.ts'
import type { DatabaseRow } from '../record/reader-rows.ts'
import { tellsLateUs } from './rests-on.ts'
import type { RunView } from './run-view.ts'
import { there } from './there.ts'

/** What of a database can be seen of the work that calls cause in it. */
export interface DatabaseWork {
  /** Looks that were answered since the load's begin. */
  readonly looks: number
  /** The first sign of work, for a person; null: none was seen. */
  readonly sign: string | null
  /** The system had a session in it at some time. */
  readonly isConnected: boolean
  /** Nobody counts how many sessions there have been: those that lived between two looks would not be seen. */
  readonly isUncounted: boolean
  /** Of some of the system's sessions it cannot be seen what they do. */
  readonly isHidden: boolean
}

/**
 * Whether the load made any session of the system's do anything. On the safe side: whatever may be the system's work is
 * taken for it. null: the run's Squall did not record it.
 */
export function databaseWork(view: RunView, run: Window): DatabaseWork | null {
  const { database } = view.folder
  if (database === null || database.header?.columns.includes('quietMs') === false) return null
  const untilUs = (run.spans.at(-1)?.endUs ?? 0) + tellsLateUs
  const rows = database.rows.filter(({ tUs }) => tUs < untilUs)
  const answered = rows.filter(({ error }) => error === null)
  return {
    looks: answered.filter(({ tUs }) => tUs >= 0).length,
    sign: signIn(
      answered,
      rows.length - answered.length,
      ownTransactionsMax(view, untilUs) + committingShare * goodCalls(view, run),
    ),
    isConnected: answered.some(({ connections }) => (connections ?? 0) > 0),
    isUncounted: answered.some(({ sessions }) => sessions === null),
    isHidden: answered.some(({ hidden }) => (hidden ?? 0) > 0),
  }
}

function signIn(rows: readonly DatabaseRow[], failures: number, transactionsMin: number): string | null {
  const active = rows.find(({ tUs, quietMs }) => quietMs !== null && quietMs * 1_000 <= tUs)
  if (active !== undefined) return 'a session of the system was at work in it'
  // After each failure our own sampler comes with a new session.
  if (sessionsOpened(rows) > failures) return 'sessions were opened in it'
  return riseOf(rows, ({ commits }) => commits) >= transactionsMin
    ? 'more transactions were committed in it than Squall has made'
    : null
}

/**
 * A session counts itself when it is at rest, 10 s later where it has just told of something else (PGSTAT_IDLE_INTERVAL of
 * PostgreSQL's pgstat.c): one that was there before the first look may be told after it.
 */
const toldLateUs = 11_000_000

function sessionsOpened(rows: readonly DatabaseRow[]): number {
  const [first] = rows
  if (first === undefined) return 0
  const opened = (some: readonly DatabaseRow[]): number => riseOf(some, ({ sessions }) => sessions)
  const early = opened(rows.filter(({ tUs }) => tUs <= first.tUs + toldLateUs))
  // The system's, and our sampler's.
  return opened(rows) - Math.min(early, (first.connections ?? 0) + 1)
}

/** What a counter rose by: one that went back was set to zero. */
function riseOf(rows: readonly DatabaseRow[], read: (row: DatabaseRow) => number | null): number {
  let before: number | null = null
  let rise = 0
  for (const row of rows) {
    const value = read(row)
    if (value === null) continue
    if (before !== null) rise += Math.max(0, value - before)
    before = value
  }
  return rise
}

/**
 * By the plan, whatever became of it: our sampler asks twice, each target has a long-lived connection that asks and a fresh
 * one that logs in and asks, and a write of the ledger takes three. A login is a transaction too.
 */
function ownTransactionsMax({ plan: { observe, stack } }: RunView, untilUs: number): number {
  const targets = Object.keys(stack.nodes).length + Object.keys(stack.links).length
  const asksPerMs = 2 / observe.databaseEveryMs + (3 * targets) / observe.probeEveryMs
  const { ledger } = observe
  const writesPerMs = ledger === null ? 0 : (3 * ledger.via.length * ledger.ratePerS) / 1_000
  return (asksPerMs + writesPerMs) * (untilUs / 1_000)
}

/** Of the good calls, if that share of them had a transaction each. */
const committingShare = 0.1

const okCode = outcomes.indexOf('ok')

export function goodCalls(view: RunView, run: Window): number {
  return there(view.calls(run).byOutcome[okCode])
}
