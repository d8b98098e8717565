import { outcomes } from '../domain/outcome.ts'
import { RunFolderError } from './reader-error.ts'
import { parseIntegerRow } from './reader-integers.ts'
import { readStream, type StreamHandler, type StreamHeader, type StreamState } from './reader-stream.ts'

/** All calls of a run, one entry a call in each column, in the order of the streams (by end, not by intended time). */
export interface CallTable {
  readonly count: number
  readonly user: Int32Array
  /** Index into `tools`. */
  readonly tool: Int32Array
  /** µs of run time, whole numbers; NaN where the row has null. */
  readonly intendedUs: Float64Array
  readonly readyUs: Float64Array
  readonly startedUs: Float64Array
  readonly endedUs: Float64Array
  /** Index into the domain's `outcomes`. */
  readonly outcome: Uint8Array
  /** Index into `errors`, or -1. */
  readonly error: Int32Array
  readonly tools: readonly string[]
  readonly errors: readonly string[]
}

interface Columns {
  count: number
  user: Int32Array
  tool: Int32Array
  intendedUs: Float64Array
  readyUs: Float64Array
  startedUs: Float64Array
  endedUs: Float64Array
  outcome: Uint8Array
  error: Int32Array
}

/** A row is some 43 bytes (measured on generated runs): a first guess that seldom needs a second allocation. */
const bytesARow = 40
const columnNames = ['user', 'tool', 'intended', 'ready', 'started', 'ended', 'outcome', 'detail'] as const

/** Collects the streams of all load instances into one table. */
export class CallsReader {
  readonly #columns: Columns
  readonly #tools = new Names()
  readonly #errors = new Names()

  /** `bytes`: of all calls streams together. */
  constructor(bytes: number) {
    this.#columns = allocate(Math.ceil(bytes / bytesARow) + 1)
  }

  read(path: string, file: string, bootId: string | null): StreamState {
    return readStream(path, file, bootId, new CallsHandler(file, this.#columns, this.#tools, this.#errors))
  }

  table(): CallTable {
    const { count, ...columns } = this.#columns
    return {
      count,
      user: columns.user.subarray(0, count),
      tool: columns.tool.subarray(0, count),
      intendedUs: columns.intendedUs.subarray(0, count),
      readyUs: columns.readyUs.subarray(0, count),
      startedUs: columns.startedUs.subarray(0, count),
      endedUs: columns.endedUs.subarray(0, count),
      outcome: columns.outcome.subarray(0, count),
      error: columns.error.subarray(0, count),
      tools: this.#tools.all,
      errors: this.#errors.all,
    }
  }
}

/** Texts numbered in order of first sight, over all instances. */
class Names {
  readonly all: string[] = []
  readonly #numbers = new Map<string, number>()

  number(text: string): number {
    const known = this.#numbers.get(text)
    if (known !== undefined) return known
    this.#numbers.set(text, this.all.length)
    return this.all.push(text) - 1
  }
}

class CallsHandler implements StreamHandler {
  readonly #file: string
  readonly #columns: Columns
  readonly #names: { readonly tool: Names; readonly error: Names }
  /** The stream's own numbers → ours. */
  readonly #toolNumbers = new Map<number, number>()
  readonly #errorNumbers = new Map<number, number>()
  #outcomeCodes: readonly number[] = []
  #values = new Float64Array(0)
  /** Where each of our columns stands in a row. */
  #at: readonly number[] = []

  constructor(file: string, columns: Columns, tools: Names, errors: Names) {
    this.#file = file
    this.#columns = columns
    this.#names = { tool: tools, error: errors }
  }

  header(header: StreamHeader): void {
    this.#at = columnNames.map((name) => header.columns.indexOf(name))
    const missing = columnNames.find((name) => !header.columns.includes(name))
    if (missing !== undefined) throw damaged(this.#file, `its header names no column "${missing}"`)
    this.#values = new Float64Array(header.columns.length)
    const names = header.fields.outcomes
    if (!Array.isArray(names)) throw damaged(this.#file, 'its header names no outcomes')
    this.#outcomeCodes = names.map((name: unknown) => {
      const code = (outcomes as readonly unknown[]).indexOf(name)
      if (code >= 0) return code
      throw new RunFolderError(
        'newer_format',
        `${this.#file} has an outcome ${JSON.stringify(name)} that this Squall does not know`,
        'Read it with the Squall that wrote it, or a newer one.',
      )
    })
  }

  dict(kind: string, number: number, text: string): void {
    if (kind === 'tool') this.#toolNumbers.set(number, this.#names.tool.number(text))
    if (kind === 'error') this.#errorNumbers.set(number, this.#names.error.number(text))
  }

  row(buffer: Buffer, start: number, end: number): boolean {
    if (!parseIntegerRow(buffer, start, end, this.#values)) return false
    const user = this.#value(0)
    const tool = this.#toolNumbers.get(this.#value(1))
    const intended = this.#value(2)
    const outcome = this.#outcomeCodes[this.#value(6)]
    const detail = this.#value(7)
    const error = Number.isNaN(detail) ? -1 : this.#errorNumbers.get(detail)
    const readable = user >= 0 && !Number.isNaN(intended) && !Number.isNaN(this.#value(3))
    if (!readable || tool === undefined || outcome === undefined || error === undefined) return false
    const columns = this.#columns
    if (columns.count === columns.user.length) enlarge(columns)
    const row = columns.count++
    columns.user[row] = user
    columns.tool[row] = tool
    columns.intendedUs[row] = intended
    columns.readyUs[row] = this.#value(3)
    columns.startedUs[row] = this.#value(4)
    columns.endedUs[row] = this.#value(5)
    columns.outcome[row] = outcome
    columns.error[row] = error
    return true
  }

  #value(column: number): number {
    return this.#values[this.#at[column] ?? -1] ?? Number.NaN
  }
}

function damaged(file: string, what: string): RunFolderError {
  return new RunFolderError(
    'damaged',
    `${file} is no calls stream: ${what}`,
    'Its first line must be as docs/run-folder.md says.',
  )
}

function allocate(rows: number): Columns {
  return {
    count: 0,
    user: new Int32Array(rows),
    tool: new Int32Array(rows),
    intendedUs: new Float64Array(rows),
    readyUs: new Float64Array(rows),
    startedUs: new Float64Array(rows),
    endedUs: new Float64Array(rows),
    outcome: new Uint8Array(rows),
    error: new Int32Array(rows),
  }
}

function enlarge(columns: Columns): void {
  const larger = allocate(Math.ceil(columns.count * 1.5) + 1024)
  larger.count = columns.count
  larger.user.set(columns.user)
  larger.tool.set(columns.tool)
  larger.intendedUs.set(columns.intendedUs)
  larger.readyUs.set(columns.readyUs)
  larger.startedUs.set(columns.startedUs)
  larger.endedUs.set(columns.endedUs)
  larger.outcome.set(columns.outcome)
  larger.error.set(columns.error)
  Object.assign(columns, larger)
}
