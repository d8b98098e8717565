import { uptimeMs } from './clock.ts'

export type LogFields = Readonly<Record<string, unknown>>

// An outage makes every call fail: twenty lines a second tell it as well as thousands, and fill no disk.
const linesPerSecondMax = 20

/** JSON lines on stderr, at most `linesPerSecondMax` a second; the first line after a cut says how many were dropped. */
export class Log {
  readonly #write: (line: string) => void
  #second = -1
  #lines = 0
  #dropped = 0

  constructor(write: (line: string) => void) {
    this.#write = write
  }

  info(message: string, fields: LogFields = {}): void {
    this.#line('info', message, fields)
  }

  error(message: string, fields: LogFields = {}): void {
    this.#line('error', message, fields)
  }

  #line(level: string, message: string, fields: LogFields): void {
    const nowMs = uptimeMs()
    const second = Math.floor(nowMs / 1_000)
    if (second !== this.#second) {
      this.#second = second
      this.#lines = 0
    }
    this.#lines += 1
    if (this.#lines > linesPerSecondMax) {
      this.#dropped += 1
      return
    }
    const dropped = this.#dropped === 0 ? {} : { droppedBefore: this.#dropped }
    this.#dropped = 0
    this.#write(`${JSON.stringify({ uptimeMs: Math.round(nowMs), level, message, ...fields, ...dropped })}\n`)
  }
}
