import { write } from 'node:fs'

/** Some seconds of the log's own limit: a disk that stands still for longer costs lines, and no memory. */
const waitingMax = 200

/**
 * Lines to an open file, written in the background: to a file `process.stderr` waits for the disk, and every call with
 * it. What does not fit, or cannot be written, is lost, and the server goes on.
 */
export class BackgroundFile {
  readonly #descriptor: number
  readonly #write: typeof write
  #waiting: string[] = []
  #writing: Promise<void> | null = null

  constructor(descriptor: number, writer = write) {
    this.#descriptor = descriptor
    this.#write = writer
  }

  add(line: string): void {
    if (this.#waiting.length >= waitingMax) return
    this.#waiting.push(line)
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = null
    })
  }

  /** Resolves when all that was added before has been written, or is lost. */
  async flushed(): Promise<void> {
    await this.#writing
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const text = this.#waiting.join('')
      this.#waiting = []
      await new Promise<void>((resolve) => {
        this.#write(this.#descriptor, text, () => resolve())
      })
    }
  }
}
