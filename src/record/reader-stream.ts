import { RunFolderError } from './reader-error.ts'
import { readLines } from './reader-lines.ts'

/** The newest version of a stream that this reader knows. */
const streamVersionMax = 1

export interface StreamHeader {
  readonly stream: string
  readonly version: number
  readonly columns: readonly string[]
  readonly bootId: string | null
  /** All of the header's fields, for what only some streams have. */
  readonly fields: Readonly<Record<string, unknown>>
}

/** How much of a stream is there. */
export interface StreamState {
  /** Path inside the run folder. */
  readonly file: string
  readonly sha256: string
  readonly rows: number
  /**
   * µs of run time: what happened before it is in the stream. Infinity for a stream that was closed in order;
   * -Infinity for one that was cut before its first beat, of which nothing can be trusted to be all there was.
   */
  readonly wholeUntilUs: number
  /** How it was cut, for a person; null for a stream that was closed in order. */
  readonly cut: string | null
  /** The reason in the end line; null without one. */
  readonly endReason: string | null
}

export interface StreamHandler {
  /** Once, before any row. Throws RunFolderError for a header that cannot be read right. */
  header(header: StreamHeader): void
  /** One row as bytes [start, end) without the newline. False: malformed. */
  row(buffer: Buffer, start: number, end: number): boolean
  dict(kind: string, number: number, text: string): void
}

interface Progress {
  header: StreamHeader | null
  rows: number
  /** Before the last beat's oldest open call, or the beat itself. */
  beatUs: number
  /** The same, of the last beat whose count of rows was ours: before a lost row it is the last that can be trusted. */
  agreedUs: number
  disagreed: boolean
  end: { readonly rows: number; readonly reason: string } | null
  malformed: string | null
}

const openBracket = 0x5b

/**
 * Reads a stream (docs/run-folder.md) up to its end line, its cut, or its first malformed line, which counts as a cut.
 * `bootId`: the run's; a stream of another machine has another clock, so nothing of it can be placed in the run.
 * Throws RunFolderError `newer_format` naming file and version.
 */
export function readStream(path: string, file: string, bootId: string | null, handler: StreamHandler): StreamState {
  const progress: Progress = {
    header: null,
    rows: 0,
    beatUs: Number.NEGATIVE_INFINITY,
    agreedUs: Number.NEGATIVE_INFINITY,
    disagreed: false,
    end: null,
    malformed: null,
  }
  const read = readLines(path, (buffer, start, end) => {
    if (progress.header !== null && buffer[start] === openBracket && progress.end === null) {
      if (handler.row(buffer, start, end)) {
        progress.rows += 1
        return true
      }
      progress.malformed = `its row ${progress.rows + 1} cannot be read`
      return false
    }
    return objectLine(buffer.toString('utf8', start, end), file, progress, handler)
  })
  return stateOf(file, read.sha256, read.halfLine, bootId, progress)
}

function objectLine(text: string, file: string, progress: Progress, handler: StreamHandler): boolean {
  const fields = asObject(text)
  if (fields === null || progress.end !== null) {
    progress.malformed =
      progress.end === null ? `the line after its row ${progress.rows} cannot be read` : 'it goes on after its end line'
    return false
  }
  if (progress.header === null) {
    progress.header = asHeader(fields, file)
    if (progress.header === null) progress.malformed = 'its header cannot be read'
    else handler.header(progress.header)
    return progress.header !== null
  }
  const understood = takeBeat(fields, progress) || takeDict(fields, handler) || takeEnd(fields, progress)
  if (!understood) progress.malformed = `the line after its row ${progress.rows} cannot be read`
  return understood
}

function takeBeat(fields: Record<string, unknown>, progress: Progress): boolean {
  if (!Array.isArray(fields.beat)) return false
  const [t, rows, , oldestIntended] = fields.beat as readonly unknown[]
  if (typeof t !== 'number' || typeof rows !== 'number') return false
  progress.beatUs = typeof oldestIntended === 'number' ? Math.min(oldestIntended, t) : t
  if (rows !== progress.rows) progress.disagreed = true
  if (!progress.disagreed) progress.agreedUs = progress.beatUs
  return true
}

function takeDict(fields: Record<string, unknown>, handler: StreamHandler): boolean {
  if (!Array.isArray(fields.dict)) return false
  const [kind, number, text] = fields.dict as readonly unknown[]
  if (typeof kind !== 'string' || !Number.isInteger(number) || typeof text !== 'string') return false
  handler.dict(kind, number as number, text)
  return true
}

function takeEnd(fields: Record<string, unknown>, progress: Progress): boolean {
  const { end } = fields
  if (typeof end !== 'object' || end === null) return false
  const { rows, reason } = end as { rows?: unknown; reason?: unknown }
  if (typeof rows !== 'number') return false
  progress.end = { rows, reason: typeof reason === 'string' ? reason : '' }
  return true
}

function stateOf(
  file: string,
  sha256: string,
  halfLine: boolean,
  bootId: string | null,
  progress: Progress,
): StreamState {
  const base = { file, sha256, rows: progress.rows, endReason: progress.end?.reason ?? null }
  const foreign = progress.header?.bootId ?? null
  if (foreign !== null && bootId !== null && foreign !== bootId) {
    return { ...base, wholeUntilUs: Number.NEGATIVE_INFINITY, cut: 'it was written on another machine or boot' }
  }
  if (progress.malformed !== null) return { ...base, wholeUntilUs: progress.beatUs, cut: progress.malformed }
  if (progress.end === null) {
    return { ...base, wholeUntilUs: progress.beatUs, cut: halfLine ? 'it ends within a line' : 'it has no end line' }
  }
  if (halfLine) return { ...base, wholeUntilUs: progress.beatUs, cut: 'it goes on after its end line' }
  if (progress.end.rows !== progress.rows) {
    const cut = `it has ${progress.rows} rows of the ${progress.end.rows} that were written`
    return { ...base, wholeUntilUs: progress.agreedUs, cut }
  }
  return { ...base, wholeUntilUs: Number.POSITIVE_INFINITY, cut: null }
}

function asHeader(fields: Record<string, unknown>, file: string): StreamHeader | null {
  const { stream, version, columns, bootId } = fields
  if (typeof stream !== 'string' || typeof version !== 'number') return null
  if (version > streamVersionMax) {
    throw new RunFolderError(
      'newer_format',
      `${file} is a "${stream}" stream of version ${version}; this Squall reads up to version ${streamVersionMax}`,
      'Read it with the Squall that wrote it, or a newer one.',
    )
  }
  if (!Array.isArray(columns) || !columns.every((column) => typeof column === 'string')) return null
  return { stream, version, columns, bootId: typeof bootId === 'string' ? bootId : null, fields }
}

function asObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}
