import type { Clock } from '../domain/clock.ts'
import {
  type ProbeConnection,
  type ProbeErrorKind,
  type ProbeQuestion,
  type ProbeSample,
  usualQuestion,
} from '../domain/probe-sample.ts'
import type { Sampler } from './every.ts'

/** No answer by then is told as `timeout`; the question itself goes on waiting, as a pooled connection would. */
const patienceMs = 400
/** A connection that has been silent for this long is given up and opened anew, so that a probe never wedges. */
const abandonMs = 60_000

/** One connection of our own to a target. */
export interface ProbeLine {
  /** Resolves when there is a connection. */
  open(): Promise<void>
  /** Resolves to the first cell of the answer, where it has one. Once it has rejected for good, the line is dropped. */
  ask(question: ProbeQuestion): Promise<string | null>
  /** At once, and without a goodbye that may not get through. */
  destroy(): void
}

/** What is probed, and how it says no. */
export interface ProbeTarget {
  newLine(connection: ProbeConnection): ProbeLine
  classify(error: unknown): ProbeErrorKind
  /** null: none. */
  sqlStateOf(error: unknown): string | null
  /** A target may say no to one question and keep the connection. */
  isBrokenBy(error: unknown): boolean
}

export interface ProbeSpec {
  readonly clock: Clock
  /** How long between two samples; asked before each, so that the rhythm may be quickened while a fault comes or goes. */
  readonly everyMs: () => number
  /** Asked before each sample. */
  readonly question: (connection: ProbeConnection) => ProbeQuestion
  readonly onSample: (sample: ProbeSample) => void
  /** What fails at the target is a sample, so anything thrown is a defect. Once; the probe has ended then. */
  readonly onError: (error: unknown) => void
}

interface Asked {
  readonly connection: ProbeConnection
  readonly askedUs: number
  sentUs: number
  question: ProbeQuestion
}

/** `error` null: the answer came. */
type Settled =
  | { readonly error: null; readonly answer: string | null }
  | { readonly error: object; readonly answer: null }

function settle(promise: Promise<string | null>): Promise<Settled> {
  return promise.then(
    (answer) => ({ error: null, answer }),
    (error: unknown) => ({ error: error instanceof Object ? error : new Error(String(error)), answer: null }),
  )
}

/** One line, as long as a note may be. */
function messageOf(error: object): string {
  const text = error instanceof Error && error.message !== '' ? error.message : String(error)
  return text.replaceAll(/\s+/g, ' ').slice(0, messageCharactersMax)
}
const messageCharactersMax = 200

class Prober {
  readonly #target: ProbeTarget
  readonly #spec: ProbeSpec
  readonly #ended = new AbortController()
  readonly #loops: readonly Promise<void>[]
  #isBroken = false

  constructor(target: ProbeTarget, spec: ProbeSpec) {
    this.#target = target
    this.#spec = spec
    this.#loops = [this.#longLived(), this.#fresh()].map((loop) => loop.catch((error) => this.#broke(error)))
  }

  async stop(): Promise<void> {
    this.#ended.abort()
    await Promise.all(this.#loops)
  }

  /** The other loop ends as well: half a probe would look like a whole one. */
  #broke(error: unknown): void {
    if (this.#isBroken) return
    this.#isBroken = true
    this.#ended.abort()
    this.#spec.onError(error)
  }

  async #pause(): Promise<void> {
    await this.#spec.clock.sleep(this.#spec.everyMs(), this.#ended.signal)
  }

  #tell(asked: Asked, settled: Settled | 'silent'): void {
    const { connection, askedUs, sentUs, question } = asked
    const endedUs = this.#spec.clock.monotonicUs()
    const { error, answer } = settled === 'silent' ? { error: null, answer: null } : settled
    const kind = settled === 'silent' ? 'timeout' : error === null ? null : this.#target.classify(error)
    const roundTripMs = kind === null ? (endedUs - sentUs) / 1_000 : null
    const sqlState = error === null ? null : this.#target.sqlStateOf(error)
    const said = error === null ? {} : { message: messageOf(error) }
    this.#spec.onSample({ connection, askedUs, endedUs, error: kind, sqlState, ...said, roundTripMs, answer, question })
  }

  #ask(connection: ProbeConnection): Asked {
    const askedUs = this.#spec.clock.monotonicUs()
    return { connection, askedUs, sentUs: askedUs, question: this.#spec.question(connection) }
  }

  /** Waits for an answer, telling of each stretch of silence; null when it was given up or the probe was stopped. */
  async #await(asked: Asked, answer: Promise<Settled>): Promise<Settled | null> {
    const patience = asked.connection === 'fresh' ? 1 : Math.ceil(abandonMs / patienceMs)
    for (let turn = 0; turn < patience && !this.#ended.signal.aborted; turn += 1) {
      const first = await Promise.race([answer, this.#spec.clock.sleep(patienceMs, this.#ended.signal)])
      if (first) return first
      if (!this.#ended.signal.aborted) this.#tell(asked, 'silent')
    }
    return null
  }

  async #longLived(): Promise<void> {
    let line: ProbeLine | null = null
    while (!this.#ended.signal.aborted) {
      const asked = this.#ask('long')
      let settled: Settled | null
      const isOpen = line !== null
      if (line) settled = await this.#await(asked, settle(line.ask(asked.question)))
      else {
        line = this.#target.newLine('long')
        // No answer to the question yet: only that there is a connection.
        asked.question = usualQuestion
        settled = await this.#await(asked, settle(line.open().then(() => null)))
      }
      if (settled) this.#tell(asked, settled)
      // One that was refused is none, whatever the target said: a question on it would never be answered.
      if (!settled || (settled.error !== null && (!isOpen || this.#target.isBrokenBy(settled.error)))) {
        line.destroy()
        line = null
      }
      await this.#pause()
    }
    line?.destroy()
  }

  async #fresh(): Promise<void> {
    while (!this.#ended.signal.aborted) {
      const asked = this.#ask('fresh')
      const line = this.#target.newLine('fresh')
      const answer = settle(
        line.open().then(() => {
          asked.sentUs = this.#spec.clock.monotonicUs()
          return line.ask(asked.question)
        }),
      )
      const settled = await this.#await(asked, answer)
      if (settled) this.#tell(asked, settled)
      line.destroy()
      await this.#pause()
    }
  }
}

/**
 * Two connections of our own to a target, outside the system's pool: one that lives as long as the target lets it, and
 * a fresh one for each sample. What they see decides when a fault is really on and really gone.
 */
export function probe(target: ProbeTarget, spec: ProbeSpec): Sampler {
  const prober = new Prober(target, spec)
  const stop = () => prober.stop()
  return { stop, [Symbol.asyncDispose]: stop }
}
