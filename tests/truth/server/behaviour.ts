/** What a truth server does, told to it as JSON in its variable TRUTH. Times count from its first tool call. */

export interface Stretch {
  readonly fromMs: number
  readonly forMs: number
}

/** What is wrong with an answer. `right`: nothing. */
export type Says =
  | 'right'
  /** HTTP 200 with `isError`, at once, whatever the tool's delay. */
  | 'refuses'
  /** HTTP 200, no `isError`, `{"status": "failed"}`. */
  | 'says-failed'
  /** The caller's own id, and what the caller before asked for. */
  | 'crossed-content'
  /** What the caller asked for, under the id of the call before. */
  | 'crossed-id'
  /** The same whatever is asked. */
  | 'mock'
  /** HTTP 503. */
  | 'unavailable'

export interface ToolTruth {
  readonly delayMs?: number
  /** Every so many calls one takes that long instead. */
  readonly slow?: { readonly every: number; readonly delayMs: number }
  /** Added to the delay with every second. */
  readonly driftMsPerS?: number
  /** Every so many calls one is answered so; with `during`, only then. */
  readonly wrong?: { readonly says: Says; readonly every: number; readonly during?: Stretch }
  /** The delay is spent with a connection of that pool. */
  readonly pool?: string
  /** What its listing says of it, as `readOnlyHint`; absent: nothing. */
  readonly readOnly?: boolean
  /** So many of its first calls never give their connection back. */
  readonly leaks?: number
}

export interface ServerTruth {
  readonly tools: Readonly<Record<string, ToolTruth>>
  /** Connections of each pool. */
  readonly pools?: Readonly<Record<string, number>>
  /** Connections to the stack's database that it holds from its start on, and does nothing with. Absent: it has no database. */
  readonly holdsConnections?: number
  /** No call that comes then is answered before its end. */
  readonly stall?: Stretch
  /** No call that comes from then on is ever answered. */
  readonly silentFromMs?: number
}

/** One call as the server itself saw it: a line of its log. Times in µs on CLOCK_MONOTONIC. */
export interface ServedCall {
  readonly tool: string
  readonly receivedUs: number
  readonly answeredUs: number
  /** Waited for a connection; 0 where there is no pool. */
  readonly waitedUs: number
  readonly says: Says
}

export function isWithin({ fromMs, forMs }: Stretch, atMs: number): boolean {
  return atMs >= fromMs && atMs < fromMs + forMs
}
