import { closeSync, openSync, writeSync } from 'node:fs'
import pg from 'pg'

/** When a target stopped answering, and when it answered again; CLOCK_MONOTONIC, µs. `off` is how far each may be off. */
export interface Outage {
  readonly fromUs: number
  readonly fromOffUs: number
  readonly toUs: number
  readonly toOffUs: number
}

interface Look {
  readonly askedUs: number
  readonly endedUs: number
  readonly isAnswered: boolean
}

/** An answer on loopback takes a millisecond; one that takes longer than this was held up. */
const silenceUs = 500_000
const betweenMs = 5
/** Longer than any fault here: what is held up is waited for, and the test never hangs. */
const patienceMs = 20_000

const nearUs = 500_000

function nowUs(): number {
  return Number(process.hrtime.bigint() / 1_000n)
}

/**
 * Someone else who looks: one connection of the test's own that asks `select 1` some 150 times a second, and a new one
 * as soon as it breaks. It knows nothing of Squall but the address and the clock.
 */
export class Witness implements AsyncDisposable {
  readonly #url: string
  readonly #looks: Look[] = []
  readonly #loop: Promise<void>
  /** How long a connection took that was made as soon as there were answers again. */
  readonly #connects: (readonly [atUs: number, tookUs: number])[] = []
  #isOver = false

  readonly #notes: number

  /** `file`: each look is noted there, since Squall writes as well: a disk that stalls keeps the witness, too. */
  constructor(url: string, file: string) {
    this.#url = url
    this.#notes = openSync(file, 'a')
    this.#loop = this.#look()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true
    await this.#loop
    closeSync(this.#notes)
  }

  /** The outage between two moments, which hold just one. Throws where there was none, or no answer on either side. */
  outage(sinceUs: number, untilUs: number): Outage {
    const looks = this.#looks.filter(({ endedUs, askedUs }) => endedUs >= sinceUs && askedUs <= untilUs)
    const isHarmed = (look: Look): boolean => !look.isAnswered || look.endedUs - look.askedUs > silenceUs
    const first = looks.findIndex(isHarmed)
    const last = looks.findLastIndex(isHarmed)
    const [before, begin, end] = [looks[first - 1], looks[first], looks[last]]
    if (before === undefined || begin === undefined || end === undefined)
      throw new Error(`${looks.length} looks, the first without an answer is number ${first}`)
    // A broken connection tells at its end, silence began when it was asked.
    const fromUs = begin.isAnswered ? begin.askedUs : begin.endedUs
    // What was held up is answered at the heal; what was refused is followed by the first answer.
    const again = end.isAnswered ? end : looks[last + 1]
    if (again === undefined) throw new Error('it never answered again')
    const toOffUs = end.isAnswered ? 0 : again.endedUs - end.endedUs
    return { fromUs, fromOffUs: fromUs - before.endedUs, toUs: again.endedUs, toOffUs }
  }

  /** The longest pause between two looks about these moments: how long this machine kept us from looking. */
  largestGapUs(aboutUs: readonly number[]): number {
    const gaps = this.#looks.slice(1).map((look, at) => {
      const endedUs = this.#looks[at]?.endedUs ?? look.askedUs
      return aboutUs.some((moment) => Math.abs(moment - look.askedUs) < nearUs) ? look.askedUs - endedUs : 0
    })
    return Math.max(0, ...gaps)
  }

  /** How long one connection of the test's own took right after these moments; 0: none was made. */
  connectUs(aboutUs: readonly number[]): number {
    const near = this.#connects.filter(([atUs]) => aboutUs.some((moment) => Math.abs(moment - atUs) < nearUs))
    return Math.max(0, ...near.map(([, tookUs]) => tookUs))
  }

  async #look(): Promise<void> {
    let client: pg.Client | null = null
    let isHarmed = false
    while (!this.#isOver) {
      const askedUs = nowUs()
      let isAnswered = true
      try {
        client ??= await connected(this.#url)
        await client.query('select 1')
      } catch {
        isAnswered = false
        client?.end().catch(() => undefined)
        client = null
      }
      const endedUs = nowUs()
      this.#looks.push({ askedUs, endedUs, isAnswered })
      writeSync(this.#notes, `${askedUs} ${endedUs} ${isAnswered}\n`)
      if (isAnswered && (isHarmed || endedUs - askedUs > silenceUs)) void this.#connect(endedUs)
      isHarmed = !isAnswered
      await new Promise((resolve) => setTimeout(resolve, betweenMs))
    }
    client?.end().catch(() => undefined)
  }

  async #connect(atUs: number): Promise<void> {
    const client = await connected(this.#url).catch(() => null)
    this.#connects.push([atUs, nowUs() - atUs])
    await client?.end()
  }
}

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'witness',
    connectionTimeoutMillis: patienceMs,
    query_timeout: patienceMs,
  })
  client.on('error', () => undefined)
  await client.connect()
  return client
}
