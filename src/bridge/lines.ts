/** Puts chunks together to lines, each without its newline. */
export class Lines {
  readonly #bytesMax: number
  #parts: Buffer[] = []
  #bytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** The lines that end in this chunk; null: a line is longer than it may be, and nothing more is read. */
  add(chunk: Buffer): readonly string[] | null {
    const lines: string[] = []
    let from = 0
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      if (this.#bytes + at - from > this.#bytesMax) return null
      this.#parts.push(chunk.subarray(from, at))
      lines.push(Buffer.concat(this.#parts).toString('utf8'))
      this.#parts = []
      this.#bytes = 0
      from = at + 1
    }
    this.#bytes += chunk.length - from
    if (this.#bytes > this.#bytesMax) return null
    // A copy: a part of a chunk would keep all of it.
    if (from < chunk.length) this.#parts.push(Buffer.from(chunk.subarray(from)))
    return lines
  }
}
