import type { LedgerVia } from '../domain/plan.ts'
import type { StreamWriter } from '../record/writer.ts'

/** How a write ended, as its sender knows it. `failed`: definitely not done. `unknown`: it may be there or not. */
export interface WriteEnd {
  readonly outcome: 'ok' | 'failed' | 'unknown'
  /** What was said: an SQLSTATE, an error's text, a warning; null for a plain yes. */
  readonly why: string | null
}

/** The ledger's stream: each write before it is sent, and again when it has ended. Times: µs, absolute. */
export class LedgerRecord {
  readonly #writer: StreamWriter
  readonly #t0Us: number

  constructor(writer: StreamWriter, t0Us: number) {
    this.#writer = writer
    this.#t0Us = t0Us
  }

  invoked(via: LedgerVia, op: string, atUs: number, intendedUs: number): void {
    this.#row(atUs, 'invoke', via, op, { intended: intendedUs - this.#t0Us })
  }

  completed(via: LedgerVia, op: string, atUs: number, { outcome, why }: WriteEnd): void {
    this.#row(atUs, 'complete', via, op, why === null ? { outcome } : { outcome, why })
  }

  /** It was due, and everybody who could have sent it was still waiting for an answer. */
  unsent(via: LedgerVia, op: string, atUs: number, intendedUs: number): void {
    this.#row(atUs, 'unsent', via, op, { intended: intendedUs - this.#t0Us })
  }

  /** Found in the database afterwards, so many times. */
  present(via: LedgerVia, op: string, atUs: number, copies: number): void {
    this.#row(atUs, 'present', via, op, { copies })
  }

  /** All that was found has been told: only then does absence mean anything. */
  read(
    via: LedgerVia,
    atUs: number,
    told: { readonly found: number; readonly node: string; readonly timeline: number },
  ) {
    this.#row(atUs, 'read', via, null, told)
  }

  #row(atUs: number, edge: string, via: LedgerVia, op: string | null, data: object): void {
    this.#writer.row([atUs - this.#t0Us, edge, via, op, data])
  }
}
