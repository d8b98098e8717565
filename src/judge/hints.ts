import { outcomes } from '../domain/outcome.ts'
import { usPerSecond } from '../domain/time.ts'
import type { Measured, Window } from '../domain/verdict.ts'
import { goodByCode } from '../measure/call-facts.ts'
import type { CallSet } from '../measure/call-set.ts'
import { poolParts, tellingParts } from '../measure/instance-pools.ts'
import { callsSentWithin } from '../measure/load-measures.ts'
import { type MeasureSpec, measure } from '../measure/measure-spec.ts'
import { poolMax, poolsMax } from '../measure/pool-readings.ts'
import { measureById } from '../measure/registry.ts'
import type { RunView } from '../measure/run-view.ts'
import { gauge, valuesWithin } from '../measure/samples.ts'
import { tellsWait, waitsOfAll } from '../measure/wait-histogram.ts'
import { durationUs } from '../measure/windows.ts'
import { unsentHint } from './unsent-hint.ts'
import { waitingHint } from './waiting-hint.ts'
import { digits, spoken } from './wording.ts'

/** What a missed bound points at, by what else the run's own data show in that window; null: they show nothing. */
export function hintFor(view: RunView, spec: MeasureSpec, window: Window, tool: string | null): string | null {
  if (spec.id.startsWith('recovery.')) return unsettledHint(view, window)
  if (spec.id === 'pool.leaked')
    return 'Points at connections that are not given back after a fault: look for a path without a release.'
  const pool = poolHint(view, window)
  if (spec.id.startsWith('pool.') || spec.id.startsWith('tool.latency') || spec.id.startsWith('tool.service_time')) {
    if (pool !== null || spec.id.startsWith('pool.')) return pool
    return waitingHint(view, spec, window, tool) ?? failuresHint(view.calls(window, tool))
  }
  if (spec.id.startsWith('tool.')) return failuresHint(view.calls(window, tool)) ?? pool
  if (spec.id === 'database.connections.peak') return connectionsHint(view)
  return null
}

function ask(view: RunView, id: string, window: Window): Measured | null {
  const spec = measureById(id)
  return spec === null || (spec.lacking?.(view) ?? null) !== null ? null : measure(view, spec, { window })
}

/** The pool, when it was used up: for how long, and how many connections the load would have needed. */
function poolHint(view: RunView, window: Window): string | null {
  const exhausted = ask(view, 'pool.exhausted', window)
  if (exhausted?.kind !== 'value' || exhausted.value !== true) return null
  const max = poolMax(view.poolRows)
  const isOne = view.pools.length === 1
  const several = view.pools.some(({ instance, server }) => instance !== server) ? 'pool' : 'instance'
  const saturated = ask(view, 'pool.saturated_time.longest', window)
  const longest =
    saturated?.kind === 'value' && typeof saturated.value === 'number' && saturated.value > 0
      ? ` for ${spoken(saturated.value, 'ms')} on end`
      : ''
  const whose = `${max === null ? 'all its' : `its ${max}`} connections${isOne ? '' : ` of ${several === 'pool' ? 'a pool' : 'an instance'}`}`
  const used =
    longest === ''
      ? `Points at the pool: callers waited for ${whose}`
      : `Points at the pool: ${whose} were used up${longest} while callers waited`
  const need = connectionsNeeded(view, window)
  if (need === null) return `${used}.`
  return `${used}; ${digits(need.callsPerS)} calls/s that hold a connection for ${spoken(need.holdMs, 'ms')} need ${need.connections} at once${isOne ? '' : `, of all ${several}s together`}.`
}

interface ConnectionsNeed {
  readonly connections: number
  /** Calls intended per second in the window. */
  readonly callsPerS: number
  /** How long a call holds a connection, all its acquires together. */
  readonly holdMs: number
}

/**
 * Connections that the offered load needs, by Little's law (L = λ W; Little, "A proof for the queuing formula L = λW",
 * 1961): hold time = connections in use / acquires per second, as measured in the window, which holds for a saturated
 * pool too; acquires per call from the run's clear windows. An estimate of the mean: peaks need more.
 */
export function connectionsNeeded(view: RunView, window: Window): ConnectionsNeed | null {
  const seconds = durationUs(window.spans) / usPerSecond
  const usedMean = usedMeanWithin(view, window)
  const acquires = acquiresWithin(view, [window])
  if (usedMean === null || acquires === null || acquires === 0 || seconds <= 0) return null
  const clear = view.windows.filter((other) => other.kind === 'clear' && other.judged && other.spans.length > 0)
  const clearAcquires = acquiresWithin(view, clear)
  const clearCalls = clear.reduce((sum, other) => sum + callsSentWithin(view, other.spans), 0)
  if (clearAcquires === null || clearAcquires === 0 || clearCalls === 0) return null
  const acquiresPerCall = clearAcquires / clearCalls
  const holdMs = (usedMean / (acquires / seconds)) * acquiresPerCall * 1000
  const intended = callsIntendedWithin(view, window)
  const callsPerS = intended / seconds
  return { connections: Math.ceil((callsPerS * holdMs) / 1000), callsPerS, holdMs }
}

/** Of all instances together; null: one of them has no sample. */
function usedMeanWithin(view: RunView, { spans }: Window): number | null {
  const means = poolParts(view, spans).map((part) => {
    const used = gauge(part.rows, (row) => row.used)
    const values = part.spans.flatMap((span) => valuesWithin(used, span))
    return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
  })
  return means.reduce((sum, mean) => (sum === null || mean === null ? null : sum + mean), 0)
}

/** Calls whose intended start lies in the window: an injection's own set also has those that began before it. */
function callsIntendedWithin(view: RunView, window: Window): number {
  const calls = view.calls(window)
  return calls.count((row) => {
    const intended = calls.table.intendedUs[row] ?? Number.NaN
    return window.spans.some((span) => span.startUs <= intended && intended < span.endUs)
  })
}

function acquiresWithin(view: RunView, windows: readonly Window[]): number | null {
  const counts = windows.map(
    (window) => waitsOfAll(tellingParts(poolParts(view, window.spans), tellsWait), [])?.inner.total ?? null,
  )
  if (counts.length === 0 || counts.includes(null)) return null
  return counts.reduce<number>((sum, count) => sum + (count ?? 0), 0)
}

/** The class and the text of most failures among some calls. */
function failuresHint(calls: CallSet): string | null {
  const failed = calls.byOutcome
    .map((count, code) => ({ count, code }))
    .filter(({ count, code }) => count > 0 && goodByCode[code] !== true)
    .sort((a, b) => b.count - a.count || a.code - b.code)
  const worst = failed[0]
  if (worst === undefined) return null
  const of = failed.reduce((sum, { count }) => sum + count, 0)
  if (outcomes[worst.code] === 'unsent') return unsentHint(calls, worst.count, of)
  const text = commonestText(calls, worst.code)
  const said = text === null ? '' : `, most often: ${text}`
  return `Most failures (${worst.count} of ${of}) ended as ${outcomes[worst.code]}${said}.`
}

/** Longer texts are cut: a hint is one sentence. The whole one is in the table of errors. */
const textMax = 160

function commonestText(calls: CallSet, code: number): string | null {
  const counts = new Map<number, number>()
  for (const row of calls.rows) {
    const error = calls.table.error[row] ?? -1
    if (error >= 0 && calls.table.outcome[row] === code) counts.set(error, (counts.get(error) ?? 0) + 1)
  }
  const [most] = [...counts].sort(([a, countA], [b, countB]) => countB - countA || a - b)
  const text = most === undefined ? undefined : calls.table.errors[most[0]]
  if (text === undefined) return null
  return text.length <= textMax ? text : `${text.slice(0, textMax).toWellFormed()}…`
}

function unsettledHint(view: RunView, window: Window): string | null {
  return poolHint(view, window) ?? failuresHint(view.calls(window))
}

function connectionsHint(view: RunView): string | null {
  const rows = view.folder.database?.rows ?? []
  const max = rows.findLast((row) => row.maxConnections !== null)?.maxConnections ?? null
  const pool = poolsMax(view.pools)
  if (max === null || pool === null) return null
  return `The pool may open ${pool} connections; the database allows ${max}, a few of them reserved.`
}
