import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { logLinesShown, logTailBytes } from './limits.ts'

/** A log from where it stood when this was made: what a process that starts now writes into it. */
export class LogSince {
  readonly path: string
  readonly #startByte: number

  constructor(path: string) {
    this.path = path
    this.#startByte = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  }

  /** At most the last 8 KiB. */
  text(): string {
    try {
      const file = openSync(this.path, 'r')
      try {
        const from = Math.max(this.#startByte, fstatSync(file).size - logTailBytes)
        const bytes = Buffer.alloc(logTailBytes)
        return bytes.toString('utf8', 0, readSync(file, bytes, 0, logTailBytes, from))
      } finally {
        closeSync(file)
      }
    } catch {
      return ''
    }
  }

  /** The last lines, for an error message. */
  lastWords(): string {
    const lines = this.text().trimEnd().split('\n').slice(-logLinesShown)
    return lines.join('\n') || '(nothing)'
  }
}
