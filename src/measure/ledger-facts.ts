import type { RecordedVia } from '../domain/plan.ts'
import type { LedgerRow } from '../record/reader-rows.ts'

/** What became of one write, by its sender and by the database afterwards. Times: µs of run time. */
export interface Write {
  readonly via: RecordedVia
  readonly op: string
  /** When it was due. */
  readonly intendedUs: number
  /** null: it never went out. */
  readonly invokedUs: number | null
  readonly completedUs: number | null
  /** `unknown` as long as nothing was said of its end. */
  readonly outcome: 'ok' | 'failed' | 'unknown' | 'unsent'
  /** How often it was found afterwards. */
  readonly copies: number
}

/** The writes of one way to write. */
export interface LedgerFacts {
  readonly via: RecordedVia
  /** By the time they were due. */
  readonly writes: readonly Write[]
  /** Found, and never sent by this run. */
  readonly phantoms: readonly string[]
  /** null: what survived was not read to its end. */
  readonly read: { readonly node: string; readonly timeline: number } | null
}

interface Building {
  intendedUs: number
  invokedUs: number | null
  completedUs: number | null
  outcome: Write['outcome']
  copies: number
}

/** Takes the rows of one way to write, in their order. */
class Facts {
  readonly #writes = new Map<string, Building>()
  readonly #phantoms: string[] = []
  #found = 0
  #read: LedgerFacts['read'] = null

  take({ edge, op, tUs, data }: LedgerRow): void {
    // A row that was lost in between would look like a write that was lost.
    if (edge === 'read')
      this.#read = data.found === this.#found ? { node: String(data.node), timeline: Number(data.timeline) } : null
    if (op === null) return
    // The reader refuses rows without these numbers.
    if (edge === 'invoke') this.#begin(op, Number(data.intended), tUs)
    if (edge === 'unsent') this.#begin(op, Number(data.intended), null)
    if (edge === 'complete') this.#end(op, tUs, data.outcome)
    if (edge === 'present') this.#present(op, Number(data.copies))
  }

  facts(via: RecordedVia): LedgerFacts {
    const writes = [...this.#writes].map(([op, write]): Write => ({ via, op, ...write }))
    writes.sort((a, b) => a.intendedUs - b.intendedUs)
    return { via, writes, phantoms: this.#phantoms, read: this.#read }
  }

  #begin(op: string, intendedUs: number, invokedUs: number | null): void {
    const outcome = invokedUs === null ? 'unsent' : 'unknown'
    this.#writes.set(op, { intendedUs, invokedUs, completedUs: null, outcome, copies: 0 })
  }

  #end(op: string, tUs: number, outcome: unknown): void {
    const write = this.#writes.get(op)
    if (write === undefined) return
    write.completedUs = tUs
    write.outcome = outcomeOf(outcome)
  }

  #present(op: string, copies: number): void {
    this.#found += 1
    const write = this.#writes.get(op)
    if (write === undefined || write.outcome === 'unsent') this.#phantoms.push(op)
    else write.copies += copies
  }
}

export function ledgerFacts(rows: readonly LedgerRow[], via: RecordedVia): LedgerFacts {
  const facts = new Facts()
  for (const row of rows) if (row.via === via) facts.take(row)
  return facts.facts(via)
}

function outcomeOf(value: unknown): 'ok' | 'failed' | 'unknown' {
  return value === 'ok' || value === 'failed' ? value : 'unknown'
}

/** Acknowledged, and not there afterwards; in the order of their acknowledgements. */
export function lostWrites({ writes }: LedgerFacts): readonly Write[] {
  return writes.filter(({ outcome, copies }) => outcome === 'ok' && copies === 0).sort(byEnd)
}

/** Of unknown outcome, and there. */
export function recoveredWrites({ writes }: LedgerFacts): readonly Write[] {
  return writes.filter(({ outcome, copies }) => outcome === 'unknown' && copies > 0)
}

/** Definitely refused, and there all the same. */
export function resurrectedWrites({ writes }: LedgerFacts): readonly Write[] {
  return writes.filter(({ outcome, copies }) => outcome === 'failed' && copies > 0)
}

export function duplicatedWrites({ writes }: LedgerFacts): readonly Write[] {
  return writes.filter(({ copies }) => copies > 1)
}

/**
 * Recovery point in time, µs: from the acknowledgement of the newest write that survived from before the first loss to
 * that of the newest lost one. 0 where none is lost; null where nothing survived from before: then it is not bounded
 * by what was seen. (docs/reading-a-report.md)
 */
export function recoveryPointUs(facts: LedgerFacts): number | null {
  const lost = lostWrites(facts)
  const [oldest, newest] = [lost[0], lost.at(-1)]
  if (oldest === undefined || newest === undefined) return 0
  const firstLossUs = endUs(oldest)
  const kept = facts.writes.filter((write) => write.outcome === 'ok' && write.copies > 0 && endUs(write) <= firstLossUs)
  if (kept.length === 0) return null
  return endUs(newest) - kept.reduce((latest, write) => Math.max(latest, endUs(write)), Number.NEGATIVE_INFINITY)
}

/** When it was acknowledged or refused, µs; of one without an answer when it was due. */
export function endUs({ completedUs, intendedUs }: Write): number {
  return completedUs ?? intendedUs
}

function byEnd(a: Write, b: Write): number {
  return endUs(a) - endUs(b)
}
