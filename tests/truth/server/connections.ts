/** A pool of a known size whose callers wait in turn, without limit; nothing is connected to anything. */
export class Connections {
  readonly size: number
  readonly #waiting: (() => void)[] = []
  #used = 0

  constructor(size: number) {
    this.size = size
  }

  get used(): number {
    return this.#used
  }

  get pending(): number {
    return this.#waiting.length
  }

  async acquire(): Promise<void> {
    if (this.#used < this.size) this.#used += 1
    else await new Promise<void>((granted) => this.#waiting.push(granted))
  }

  /** Whoever waits longest has it at once: it stays in use. */
  release(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#used -= 1
    else next()
  }
}

const boundsS = [0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10]

/** A histogram in Prometheus form. */
export class Waits {
  readonly #counts = new Array<number>(boundsS.length).fill(0)
  #count = 0
  #sumS = 0

  note(waitedS: number): void {
    this.#count += 1
    this.#sumS += waitedS
    boundsS.forEach((boundS, at) => {
      if (waitedS <= boundS) this.#counts[at] = (this.#counts[at] ?? 0) + 1
    })
  }

  lines(name: string): readonly string[] {
    return [
      `# TYPE ${name} histogram`,
      ...boundsS.map((boundS, at) => `${name}_bucket{le="${boundS}"} ${this.#counts[at] ?? 0}`),
      `${name}_bucket{le="+Inf"} ${this.#count}`,
      `${name}_sum ${this.#sumS}`,
      `${name}_count ${this.#count}`,
    ]
  }
}
