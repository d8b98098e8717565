import { outcomes } from '../domain/outcome.ts'
import type { CallTable } from '../record/reader-calls.ts'
import { lastAtOrBefore } from './samples.ts'
import { there } from './there.ts'

export interface OpenCalls {
  /** Sent, and waited for by their callers. */
  readonly atLeast: number
  /** With those whose callers gave up: for how long the server goes on with them nobody knows. */
  readonly atMost: number
}

/** How many calls were in the server at a moment of run time, µs. */
export function openCalls(table: CallTable | null): (atUs: number) => OpenCalls {
  if (table === null) return () => ({ atLeast: 0, atMost: Number.POSITIVE_INFINITY })
  const started = Float64Array.from(table.startedUs.filter((us) => !Number.isNaN(us))).sort()
  // One that never ended is open till the end; one that was never sent is in neither.
  const ended = Float64Array.from(table.endedUs.filter((us, row) => !Number.isNaN(us) && wasSent(table, row))).sort()
  const givenUp = Float64Array.from(
    table.endedUs.filter((us, row) => !Number.isNaN(us) && wasSent(table, row) && table.outcome[row] === timeoutCode),
  ).sort()
  return (atUs) => {
    const atLeast = lastAtOrBefore(started, atUs) - lastAtOrBefore(ended, atUs)
    return { atLeast, atMost: atLeast + lastAtOrBefore(givenUp, atUs) + 1 }
  }
}

const timeoutCode = outcomes.indexOf('timeout')

function wasSent(table: CallTable, row: number): boolean {
  return !Number.isNaN(there(table.startedUs[row]))
}
