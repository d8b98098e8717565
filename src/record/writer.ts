import { closeSync, existsSync, mkdirSync, openSync, readdirSync, writeFileSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Clock } from '../domain/clock.ts'
import type { RunTimeUs } from '../domain/time.ts'
import { type StreamName, streamColumns, streamVersion } from './streams.ts'

/** The run folder cannot be written: there is no evidence (3); or it was named and must not be written to (64). */
export class RecordError extends Error {
  readonly kind = 'record'
  readonly exitCode: 3 | 64
  readonly hint: string
  constructor(message: string, hint: string, { cause, exitCode = 3 }: ErrorOptions & { exitCode?: 3 | 64 } = {}) {
    super(message, { cause })
    this.exitCode = exitCode
    this.hint = hint
  }
}

export type Cell = unknown

/** One stream of a run folder, open for writing. Rows go to the file at once, so that a kill loses nothing. */
export interface StreamWriter {
  row(cells: readonly Cell[]): void
  /** Once a second: shows that the stream was alive although it may have had nothing to say. */
  beat(timeUs: RunTimeUs): void
  end(timeUs: RunTimeUs, reason: string): void
}

/** What the system refuses becomes an error of ours, with a hint that fits. */
function writing<T>(file: string, work: () => T): T {
  try {
    return work()
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : null
    const isFull = code === 'ENOSPC' || code === 'EDQUOT'
    const hint = isFull ? 'free some space on that disk' : 'is the run folder still there, and may it be written to?'
    throw new RecordError(`cannot write ${file}: ${String(cause)}`, hint, { cause })
  }
}

/** The whole line: a system call may take a part of it only, on a disk that is nearly full for one. */
function write(file: string, descriptor: number, line: string): void {
  const bytes = Buffer.from(line)
  writing(file, () => {
    for (let at = 0; at < bytes.length; ) {
      const taken = writeSync(descriptor, bytes, at)
      if (taken === 0) throw new Error(`the system took ${at} of ${bytes.length} bytes and no more`)
      at += taken
    }
  })
}

/**
 * Writes a derived file, such as a report, into a run folder: never read back.
 * @throws RecordError when it cannot be written
 */
export function writeDerived(folder: string, name: string, text: string): void {
  const file = join(folder, name)
  writing(file, () => {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  })
}

/** One level after the other: Node's own `recursive` never returns where a parent says ENOENT, as all of /proc does. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return
  makeFolder(dirname(folder))
  mkdirSync(folder)
}

/** The folder of one run, being written. */
export class RunFolderWriter {
  readonly folder: string
  readonly #clock: Clock
  readonly #open: { writer: StreamWriter; name: string }[] = []

  private constructor(folder: string, clock: Clock) {
    this.folder = folder
    this.#clock = clock
  }

  /**
   * Makes the folder with its `calls/`, `answers/` and `logs/`.
   * @throws RecordError when it exists and is not empty, or cannot be made
   */
  static create(folder: string, clock: Clock): RunFolderWriter {
    try {
      makeFolder(folder)
      if (readdirSync(folder).length > 0)
        throw new RecordError(`the run folder ${folder} is not empty`, 'name a new or an empty folder by --out', {
          exitCode: 64,
        })
      mkdirSync(join(folder, 'calls'))
      mkdirSync(join(folder, 'answers'))
      mkdirSync(join(folder, 'logs'))
    } catch (cause) {
      if (cause instanceof RecordError) throw cause
      throw new RecordError(`cannot make the run folder ${folder}: ${String(cause)}`, 'choose another place by --out', {
        cause,
      })
    }
    return new RunFolderWriter(folder, clock)
  }

  /** Writes run.json: once, before t0. */
  writeRun(run: object): void {
    writeDerived(this.folder, 'run.json', `${JSON.stringify(run, null, 2)}\n`)
  }

  /**
   * Opens `<name>.ndjson` and writes its header. `bootId` tells streams of other machines apart.
   * @throws RecordError when it cannot be written, as do the methods of the stream
   */
  stream(name: StreamName, bootId: string, extra: object = {}): StreamWriter {
    const file = join(this.folder, `${name}.ndjson`)
    const descriptor = writing(file, () => openSync(file, 'a'))
    let rows = 0
    let ended = false
    const put = (value: unknown) => {
      if (!ended) write(file, descriptor, `${JSON.stringify(value)}\n`)
    }
    put({
      stream: name,
      version: streamVersion,
      columns: streamColumns[name],
      bootId,
      clock: { monotonicUs: this.#clock.monotonicUs(), wallUnixUs: this.#clock.wallUnixUs() },
      ...extra,
    })
    const writer: StreamWriter = {
      row(cells) {
        put(cells)
        rows += 1
      },
      beat: (timeUs) => put({ beat: [timeUs, rows, null, null] }),
      end(timeUs, reason) {
        if (ended) return
        put({ end: { t: timeUs, rows, reason } })
        ended = true
        closeSync(descriptor)
      },
    }
    this.#open.push({ writer, name })
    return writer
  }

  beatAll(timeUs: RunTimeUs): void {
    for (const { writer } of this.#open) writer.beat(timeUs)
  }

  endAll(timeUs: RunTimeUs, reason: string): void {
    for (const { writer } of this.#open) writer.end(timeUs, reason)
  }
}
