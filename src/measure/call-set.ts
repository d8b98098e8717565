import { outcomes } from '../domain/outcome.ts'
import { usPerSecond } from '../domain/time.ts'
import { generatorErrorCode, generatorLatenessMs, isCut, outcomeCodeOf, type SeenCalls } from './call-facts.ts'
import { clusteredEffect } from './quantile.ts'
import { there } from './there.ts'

/** Calls are counted by seconds of intended time: what slows one call slows its neighbours. */
const blockUs = usPerSecond

/** A value of each call, ms, of which only a lower bound may be known. NaN: the call has none. */
export interface CallValue {
  readonly lowMs: (table: SeenCalls, row: number) => number
  readonly highMs: (table: SeenCalls, row: number) => number
}

/** Both ends of each call's value, each sorted: what order statistics are taken from. One array where they agree. */
interface SortedValues {
  readonly lows: Float64Array
  readonly highs: Float64Array
  /** The highs, but for calls that were cut when a fault began: theirs is the least that is known of them. */
  readonly seen: Float64Array
}

/** The calls of one window (and one tool, if asked): rows of the table, in order of seconds. */
export class CallSet {
  readonly table: SeenCalls
  readonly rows: Uint32Array
  readonly #sorted = new Map<CallValue, SortedValues>()
  readonly #lateBy = new Map<number, number>()
  #byOutcome: readonly number[] | null = null
  #byTool: readonly CallSet[] | null = null
  #sent: number | null = null

  constructor(table: SeenCalls, rows: Uint32Array) {
    this.table = table
    this.rows = rows
  }

  get intended(): number {
    return this.rows.length
  }

  /** Calls by outcome code. */
  get byOutcome(): readonly number[] {
    if (this.#byOutcome === null) {
      const counts = new Array<number>(outcomes.length).fill(0)
      for (const row of this.rows) {
        const code = outcomeCodeOf(this.table, row)
        counts[code] = there(counts[code]) + 1
      }
      this.#byOutcome = counts
    }
    return this.#byOutcome
  }

  count(holds: (row: number) => boolean): number {
    let count = 0
    for (const row of this.rows) if (holds(row)) count += 1
    return count
  }

  /** Calls whose end is out of sight, as a fault began. */
  get cut(): number {
    return this.table.cutUs === undefined ? 0 : this.count((row) => isCut(this.table, row))
  }

  get sent(): number {
    const { table } = this
    this.#sent ??= this.count((row) => table.outcome[row] !== generatorErrorCode && !Number.isNaN(table.startedUs[row]))
    return this.#sent
  }

  /** Calls that the generator began more than `limitMs` after they were due and their user free. */
  lateBy(limitMs: number): number {
    const known = this.#lateBy.get(limitMs)
    if (known !== undefined) return known
    const late = this.count((row) => generatorLatenessMs(this.table, row) > limitMs)
    this.#lateBy.set(limitMs, late)
    return late
  }

  /** The calls of one tool; all tools are told apart at once, for there may be many. */
  ofTool(tool: number): CallSet {
    this.#byTool ??= this.#splitByTool()
    return this.#byTool[tool] ?? new CallSet(this.table, new Uint32Array(0))
  }

  #splitByTool(): readonly CallSet[] {
    const rows = this.table.tools.map((): number[] => [])
    for (const row of this.rows) rows[there(this.table.tool[row])]?.push(row)
    return rows.map((own) => new CallSet(this.table, Uint32Array.from(own)))
  }

  sorted(value: CallValue): SortedValues {
    const known = this.#sorted.get(value)
    if (known !== undefined) return known
    const lows = this.#collect(value.lowMs).sort()
    const censored = this.rows.some((row) => value.highMs(this.table, row) > value.lowMs(this.table, row))
    const highs = censored ? this.#collect(value.highMs).sort() : lows
    const seenMs: CallValue['highMs'] = (table, row) => (isCut(table, row) ? value.lowMs : value.highMs)(table, row)
    const sorted = { lows, highs, seen: this.cut === 0 ? highs : this.#collect(seenMs).sort() }
    this.#sorted.set(value, sorted)
    return sorted
  }

  /** The design effect, over blocks of seconds of intended time, of being above a value. */
  designEffectAbove(value: CallValue, aboveMs: number): number {
    const first = this.#firstBlock()
    const counts: number[] = []
    const hits: number[] = []
    for (const row of this.rows) {
      const ms = value.lowMs(this.table, row)
      if (Number.isNaN(ms)) continue
      const block = Math.floor(there(this.table.intendedUs[row]) / blockUs) - first
      counts[block] = (counts[block] ?? 0) + 1
      if (ms > aboveMs) hits[block] = (hits[block] ?? 0) + 1
    }
    return clusteredEffect(counts, hits)
  }

  #firstBlock(): number {
    let first = Number.POSITIVE_INFINITY
    for (const row of this.rows) first = Math.min(first, Math.floor(there(this.table.intendedUs[row]) / blockUs))
    return first
  }

  #collect(valueMs: CallValue['lowMs']): Float64Array {
    const values = new Float64Array(this.rows.length)
    let count = 0
    for (const row of this.rows) {
      const ms = valueMs(this.table, row)
      if (!Number.isNaN(ms)) values[count++] = ms
    }
    return values.subarray(0, count)
  }
}
