import { readFileSync } from 'node:fs'
import { rowsOf, type TimelineLine } from '../e2e/drill.ts'
import type { SquallProcess } from '../e2e/squall-process.ts'
import type { ServedCall } from './server/behaviour.ts'

/** The server's own record, with times from the run's t0, ms. */
export interface Served extends ServedCall {
  readonly receivedMs: number
  readonly tookMs: number
}

type Start = readonly [number, string, null, { readonly monotonicUs?: number }]

export function servedCalls(log: string, squall: SquallProcess): readonly Served[] {
  const start = rowsOf<TimelineLine | Start>(squall, 'timeline.ndjson').find(([, kind]) => kind === 't0') as
    | Start
    | undefined
  const t0Us = start?.[3].monotonicUs ?? Number.NaN
  const lines = readFileSync(log, 'utf8').split('\n')
  return lines.slice(0, -1).map((line) => {
    const call = JSON.parse(line) as ServedCall
    const tookMs = (call.answeredUs - call.receivedUs) / 1_000
    return { ...call, receivedMs: (call.receivedUs - t0Us) / 1_000, tookMs }
  })
}

/** The smallest of the values that has at least a share p of them at or below it. */
export function quantileOf(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(p * sorted.length - 1e-9) - 1)] ?? Number.NaN
}
