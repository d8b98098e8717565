import { isGood, outcomes } from '../domain/outcome.ts'
import type { CallTable } from '../record/reader-calls.ts'
import { there } from './there.ts'

/** Outcome codes as sets of bits would be shorter; a table reads better and is as fast. */
export const goodByCode: readonly boolean[] = outcomes.map((outcome) => isGood(outcome))
export const unknownCode = outcomes.indexOf('unknown')
export const unsentCode = outcomes.indexOf('unsent')
export const generatorErrorCode = outcomes.indexOf('generator_error')

/** The calls of a run as one of its windows sees them. */
export interface SeenCalls extends CallTable {
  /**
   * By row: when a fault began, µs, that the window has no part in and before which the call was not over. What became of
   * it from then on may be the fault's doing.
   */
  readonly cutUs?: ReadonlyMap<number, number>
}

/** Whether how a call ended is out of the window's sight. A slot that was never sent is none: it was that when due. */
export function isCut(table: SeenCalls, row: number): boolean {
  return table.cutUs?.has(row) === true && table.outcome[row] !== unsentCode
}

/** `unknown` where its end is out of sight. */
export function outcomeCodeOf(table: SeenCalls, row: number): number {
  return isCut(table, row) ? unknownCode : there(table.outcome[row])
}

/** Until when a call kept its user busy, µs: its end, or for a slot never sent when its user was free again. */
export function callEndUs(table: CallTable, row: number): number {
  const ended = table.endedUs[row] ?? Number.NaN
  return Number.isNaN(ended) ? (table.readyUs[row] ?? Number.NaN) : ended
}

/**
 * The least that is known of a call's latency, ms from its intended start: its own when it was good, Infinity when it
 * failed or never ended; of an unsent slot the time until its user was free; of a cut one the time until then.
 */
export function latencyLowMs(table: SeenCalls, row: number): number {
  const code = there(table.outcome[row])
  const intended = table.intendedUs[row] ?? Number.NaN
  const cutUs = table.cutUs?.get(row)
  if (cutUs !== undefined) return (cutUs - intended) / 1000
  if (code === unsentCode) return Math.max(0, (table.readyUs[row] ?? Number.NaN) - intended) / 1000
  if (goodByCode[code] !== true) return Number.POSITIVE_INFINITY
  return ((table.endedUs[row] ?? Number.NaN) - intended) / 1000
}

/** The most: as `latencyLowMs`, but a slot that was never sent, or a call that was cut, may have taken for ever. */
export function latencyHighMs(table: SeenCalls, row: number): number {
  return table.outcome[row] === unsentCode || isCut(table, row) ? Number.POSITIVE_INFINITY : latencyLowMs(table, row)
}

/**
 * How long the system had a call, ms from its start; a failed one's is the time to its failure. Of one that was cut
 * this is the least. NaN: never sent.
 */
export function serviceTimeLowMs(table: SeenCalls, row: number): number {
  if (table.outcome[row] === generatorErrorCode) return Number.NaN
  const startedUs = table.startedUs[row] ?? Number.NaN
  const cutUs = table.cutUs?.get(row)
  if (cutUs !== undefined && startedUs >= cutUs) return Number.NaN
  return ((cutUs ?? table.endedUs[row] ?? Number.NaN) - startedUs) / 1000
}

export function serviceTimeHighMs(table: SeenCalls, row: number): number {
  const lowMs = serviceTimeLowMs(table, row)
  return outcomeCodeOf(table, row) === unknownCode && !Number.isNaN(lowMs) ? Number.POSITIVE_INFINITY : lowMs
}

/**
 * How late the generator was, ms: started - max(intended, ready). A user that was still busy is the system's doing, so
 * the time until it was free does not count. NaN: never sent, or our own script failed.
 */
export function generatorLatenessMs(table: CallTable, row: number): number {
  if (table.outcome[row] === generatorErrorCode) return Number.NaN
  const due = Math.max(table.intendedUs[row] ?? Number.NaN, table.readyUs[row] ?? Number.NaN)
  return ((table.startedUs[row] ?? Number.NaN) - due) / 1000
}
