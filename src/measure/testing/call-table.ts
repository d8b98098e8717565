import { type Outcome, outcomes } from '../../domain/outcome.ts'
import type { CallTable } from '../../record/reader-calls.ts'

/** One row: sent when it was due and over at once, and good, unless it says otherwise. Times: µs; NaN: none. */
export interface TableCall {
  readonly intendedUs: number
  readonly readyUs?: number
  readonly startedUs?: number
  readonly endedUs?: number
  readonly outcome?: Outcome
  readonly tool?: number
}

/** Calls as the reader would have them, without a file. */
export function callTableOf(calls: readonly TableCall[]): CallTable {
  const count = calls.length
  const times = (of: (call: TableCall) => number | undefined) =>
    Float64Array.from(calls, (call) => of(call) ?? call.intendedUs)
  return {
    count,
    intendedUs: times(({ intendedUs }) => intendedUs),
    readyUs: times(({ readyUs }) => readyUs),
    startedUs: times(({ startedUs }) => startedUs),
    endedUs: times(({ endedUs }) => endedUs),
    tool: Int32Array.from(calls, ({ tool = 0 }) => tool),
    outcome: Uint8Array.from(calls, ({ outcome = 'ok' }) => outcomes.indexOf(outcome)),
    ...{ user: new Int32Array(count), error: new Int32Array(count).fill(-1), tools: ['read', 'write'], errors: [] },
  }
}
