import type { RecordedVia } from '../domain/plan.ts'
import type { StreamWriter } from '../record/writer.ts'

/** How a write ended, as its sender knows it. `failed`: definitely not done. `unknown`: it may be there or not. */
export interface WriteEnd {
  readonly outcome: 'ok' | 'failed' | 'unknown'
  /** What was said: an SQLSTATE, an error's text, a warning; null for a plain yes. */
  readonly why: string | null
  /** Updates only: the row, and the update that the writer had read there, on which this one was made. */
  readonly on?: { readonly register: number; readonly after: string | null }
}

/** One look at a replica: the newest update of each row, null where there was none; or why there is no answer. */
export interface ReplicaRead {
  readonly node: string
  /** Before it was sent; µs, absolute. */
  readonly sentUs: number
  readonly seen: readonly (readonly [register: number, op: string | null])[] | string
}

/** So many times; of an update: in which row, as its how manieth. */
export interface Found {
  readonly copies: number
  readonly register?: number
  readonly at?: number
}

/** The ledger's stream: each write before it is sent, and again when it has ended. Times: µs, absolute. */
export class LedgerRecord {
  readonly #writer: StreamWriter
  readonly #t0Us: number

  constructor(writer: StreamWriter, t0Us: number) {
    this.#writer = writer
    this.#t0Us = t0Us
  }

  invoked(via: RecordedVia, op: string, atUs: number, intendedUs: number): void {
    this.#row(atUs, 'invoke', via, op, { intended: intendedUs - this.#t0Us })
  }

  completed(via: RecordedVia, op: string, atUs: number, { outcome, why, on }: WriteEnd): void {
    this.#row(atUs, 'complete', via, op, { outcome, ...(why === null ? {} : { why }), ...on })
  }

  /** It was due, and everybody who could have sent it was still waiting for an answer. */
  unsent(via: RecordedVia, op: string, atUs: number, intendedUs: number): void {
    this.#row(atUs, 'unsent', via, op, { intended: intendedUs - this.#t0Us })
  }

  /** Found in the database afterwards, so many times. */
  present(via: RecordedVia, op: string, atUs: number, found: Found): void {
    this.#row(atUs, 'present', via, op, found)
  }

  /** What a replica told of the rows that are updated. */
  seen(atUs: number, { node, sentUs, seen }: ReplicaRead): void {
    const told = typeof seen === 'string' ? { why: seen } : { seen }
    this.#row(atUs, 'seen', 'update', null, { node, sent: sentUs - this.#t0Us, ...told })
  }

  /** All that was found has been told: only then does absence mean anything. */
  read(
    via: RecordedVia,
    atUs: number,
    told: { readonly found: number; readonly node: string; readonly timeline: number },
  ) {
    this.#row(atUs, 'read', via, null, told)
  }

  #row(atUs: number, edge: string, via: RecordedVia, op: string | null, data: object): void {
    this.#writer.row([atUs - this.#t0Us, edge, via, op, data])
  }
}
