import type { Clock } from '../domain/clock.ts'
import type { TellStep } from '../domain/node-control.ts'
import type { StreamWriter } from '../record/writer.ts'

/** What happens in a run, told on its own clock. What comes before t0 is known waits for it. */
export class RunTimeline {
  readonly #clock: Clock
  readonly #writer: StreamWriter
  readonly #onNote: (text: string) => void
  readonly #before: (readonly [atUs: number, kind: string, id: string | null, data: object])[] = []
  #t0Us: number | null = null

  /** `onNote`: who is told of the notes as well, at once. */
  constructor(clock: Clock, writer: StreamWriter, onNote: (text: string) => void) {
    this.#clock = clock
    this.#writer = writer
    this.#onNote = onNote
  }

  /** CLOCK_MONOTONIC, µs; 0 as long as nobody has set it. */
  get t0Us(): number {
    return this.#t0Us ?? 0
  }

  /** µs since t0. */
  now(): number {
    return this.#clock.monotonicUs() - this.t0Us
  }

  /** Sets t0 so many ms ahead, and writes what came before. Gives t0. */
  begin(leadMs: number): number {
    const t0Us = this.#clock.monotonicUs() + leadMs * 1_000
    this.#t0Us = t0Us
    // Both clocks are read together, now; t0 itself lies the lead ahead of it.
    const wallUnixUs = this.#clock.wallUnixUs() + leadMs * 1_000
    this.#writer.row([0, 't0', null, { monotonicUs: t0Us, wallUnixUs }])
    for (const [atUs, ...rest] of this.#before) this.#writer.row([atUs - t0Us, ...rest])
    return t0Us
  }

  /** `atUs`: CLOCK_MONOTONIC. */
  row(atUs: number, kind: string, id: string | null, data: object): void {
    if (this.#t0Us === null) this.#before.push([atUs, kind, id, data])
    else this.#writer.row([atUs - this.#t0Us, kind, id, data])
  }

  /** Now. */
  tell(kind: string, id: string | null, data: object): void {
    this.row(this.#clock.monotonicUs(), kind, id, data)
  }

  note(text: string): void {
    this.tell('note', null, { text })
    this.#onNote(text)
  }

  /** What a fault tells of itself. */
  stepsOf(id: string): TellStep {
    return (step, data) => this.tell('step', id, { step, ...data })
  }
}
