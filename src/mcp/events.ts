/**
 * Server-sent events, as far as MCP uses them: the data of each event. An event ends at an empty line, and its `data:`
 * lines are one text; keep-alives have no data and are passed over. Takes a stream in pieces of any size.
 */
export class EventReader {
  #rest = ''
  #lines: string[] = []

  /** The data of every event that this piece ends. */
  push(piece: string): string[] {
    const lines = (this.#rest + piece).split(/\r\n|\n|\r(?!$)/)
    this.#rest = lines.pop() ?? ''
    return lines.flatMap((line) => this.#take(line))
  }

  /** What the stream's end ends: servers leave out the last empty line. */
  end(): string[] {
    return [...this.#take(this.#rest.replace(/\r$/, '')), ...this.#take('')]
  }

  #take(line: string): string[] {
    if (line.startsWith('data:')) this.#lines.push(line.slice(line.charAt(5) === ' ' ? 6 : 5))
    if (line !== '' || this.#lines.length === 0) return []
    const data = this.#lines.join('\n')
    this.#lines = []
    return data === '' ? [] : [data]
  }
}

/** The data of each event of a whole stream. */
export function eventData(body: string): string[] {
  const reader = new EventReader()
  return [...reader.push(body), ...reader.end()]
}
