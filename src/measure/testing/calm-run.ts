import type { Outcome } from '../../domain/outcome.ts'
import type { Plan } from '../../domain/plan.ts'
import type {
  GeneratedCall,
  GeneratedDatabaseRow,
  GeneratedPoolRow,
  GeneratedRun,
  TimelineEntry,
} from './generated-run.ts'
import { planOf } from './plan-of.ts'

export { seededRandom as randomOf } from '../difference/whole-runs.ts'

export interface CallsShape {
  readonly users: number
  readonly startMs: number
  readonly endMs: number
  /** From the intended start. */
  readonly latencyMs: (intendedMs: number, index: number) => number
  readonly outcome?: (intendedMs: number, index: number) => Outcome
  /** How late the generator begins a call. */
  readonly lateMs?: (intendedMs: number, index: number) => number
}

/** One call a second of each user, users evenly spread over the second; two tools in turn. */
export function callsOf({
  users,
  startMs,
  endMs,
  latencyMs,
  outcome = () => 'ok',
  lateMs = () => 0,
}: CallsShape): GeneratedCall[] {
  const calls: GeneratedCall[] = []
  for (let secondMs = startMs; secondMs < endMs; secondMs += 1000) {
    for (let user = 0; user < users; user++) {
      const intendedMs = secondMs + (user * 1000) / users
      const index = calls.length
      const intendedUs = Math.round(intendedMs * 1000)
      const kind = outcome(intendedMs, index)
      const unsent = kind === 'unsent'
      const endedUs = intendedUs + Math.round(latencyMs(intendedMs, index) * 1000)
      calls.push({
        user,
        tool: index % 2,
        intendedUs,
        readyUs: unsent ? endedUs : intendedUs,
        startedUs: unsent ? null : intendedUs + Math.round(lateMs(intendedMs, index) * 1000),
        endedUs: unsent ? null : endedUs,
        outcome: kind,
        error: kind === 'tool_error' ? 'no database connection became free' : null,
      })
    }
  }
  return calls
}

export interface PoolShape {
  readonly max?: number
  /** In use at a time. */
  readonly used: (ms: number) => number
  readonly pending?: (ms: number) => number
  /** Changes a sample, such as into a gap: null leaves it out. */
  readonly sample?: (row: GeneratedPoolRow) => GeneratedPoolRow | null
  readonly fromMs?: number
  readonly toMs?: number
}

/** Gauges each 250 ms, as of the moment of asking; no counters, no marks. */
export function poolOf({
  max = 100,
  used,
  pending = () => 0,
  sample = (row) => row,
  fromMs = -2_000,
  toMs = 67_000,
}: PoolShape): GeneratedPoolRow[] {
  const rows: GeneratedPoolRow[] = []
  for (let ms = fromMs; ms < toMs; ms += 250) {
    const row = sample({ tUs: ms * 1000 + 3_000, tookUs: 3_000, used: used(ms), max, pending: pending(ms) })
    if (row !== null) rows.push(row)
  }
  return rows
}

export function databaseOf(shape: (ms: number) => Partial<GeneratedDatabaseRow>): GeneratedDatabaseRow[] {
  return Array.from({ length: 68 }, (_, at) => {
    const ms = -1_000 + at * 1_000
    const usual = { connections: 12, deadlocks: 0, blocksHit: 990 * at, blocksRead: 10 * at, startedAt: 'a' }
    return { tUs: ms * 1000 + 2_000, ...usual, ...shape(ms) }
  })
}

/** A database in which nothing is wrong. */
export const whole = {
  tablesWritten: ['public.messages'],
  tablesCompared: 9,
  tablesMissing: [],
  tablesDifferent: [],
  sequencesBehind: [],
  constraintsInvalid: [],
  indexesInvalid: [],
  indexesCheckedBy: 'catalog',
}

/**
 * Both processes up, load from 0 to 60 s, each fault of the plan applied, observed and healed on time; a drill's database
 * found whole.
 */
export function timelineOf(plan: Plan, more: readonly TimelineEntry[] = []): TimelineEntry[] {
  const edges = plan.faults.flatMap((fault): TimelineEntry[] => {
    const startUs = fault.startMs * 1000
    const endUs = startUs + fault.forMs * 1000
    const at = (tUs: number, edge: string): TimelineEntry => [
      tUs,
      'injection',
      fault.id,
      { edge, resolutionUs: 250_000 },
    ]
    return [
      at(startUs, 'requested'),
      at(startUs + 5_000, 'applied'),
      at(startUs + 200_000, 'observed'),
      at(endUs, 'healed'),
      at(endUs + 200_000, 'healVerified'),
    ]
  })
  const rows: TimelineEntry[] = [
    [0, 't0', null, { monotonicUs: 1, wallUnixUs: 1 }],
    [-3_000_000, 'process', 'primary', { pid: 1, command: 'postgres' }],
    [-2_000_000, 'process', 'server', { pid: 2, command: 'server' }],
    ...[...edges, ...more].sort(([a], [b]) => a - b),
    [60_100_000, 'load', 'k6-1', { edge: 'end', reason: 'planned' }],
    ...(plan.drill ? [[66_000_000, 'integrity', 'primary', whole] satisfies TimelineEntry] : []),
    [67_000_000, 'end', null, { reason: 'planned' }],
  ]
  return rows
}

/** A run in which nothing is wrong: 50 calls/s of 20 ms, 12 of 100 connections in use. */
export function calmRun(changes: Partial<GeneratedRun> = {}): GeneratedRun {
  const plan = changes.plan ?? planOf()
  return {
    plan,
    timeline: timelineOf(plan),
    calls: callsOf({ users: 50, startMs: 0, endMs: 60_000, latencyMs: () => 20 }),
    pool: poolOf({ used: (ms) => (ms >= 0 && ms < 60_000 ? 12 : 0) }),
    database: databaseOf(() => ({})),
    ...changes,
  }
}
