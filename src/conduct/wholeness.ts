import type { DatabaseState, LiveState } from '../domain/backup.ts'
import type { Clock } from '../domain/clock.ts'
import type { Plan } from '../domain/plan.ts'
import { boundsMs } from './bounds.ts'
import { withDeadline } from './injection.ts'
import { integrityRow, isLeftAlone, type Written } from './integrity.ts'
import type { RunTimeline } from './run-timeline.ts'
import type { StackView } from './stack-view.ts'
import { whenStopped } from './when-stopped.ts'

export interface WholenessSpec {
  readonly plan: Plan
  readonly stack: StackView
  /** Tables that the workload writes. */
  readonly written: Written
  readonly clock: Clock
  readonly timeline: RunTimeline
  readonly stop: AbortSignal
}

/** A drill says of its database whether it is whole: what it held before the load, against what it holds afterwards. */
export class Wholeness {
  readonly #spec: WholenessSpec
  #held: DatabaseState | null = null

  constructor(spec: WholenessSpec) {
    this.#spec = spec
  }

  async lookBefore(): Promise<void> {
    if (this.#isAsked()) this.#held = await this.#look('before the load')
  }

  /** Tells the row `integrity`; where the database cannot be looked at there is a note in its place. */
  async lookAfter(): Promise<void> {
    if (!this.#isAsked()) return
    const { stack, written, timeline } = this.#spec
    const found = await this.#look('after the load')
    if (found !== null) timeline.tell('integrity', stack.primary(), integrityRow(this.#held, found, written))
  }

  #isAsked(): boolean {
    const { plan, stack } = this.#spec
    return plan.drill !== null && stack.databaseUrl !== null
  }

  /** null: it could not be looked at, which is told, or the run is to end. */
  async #look(when: string): Promise<LiveState | null> {
    const { clock, stack, written, timeline, stop } = this.#spec
    const reading = stack.readLive((table) => isLeftAlone(table, written))
    const looking = withDeadline(clock, boundsMs.look, 'reading the database', reading)
    const told = looking.catch((error: unknown) => {
      timeline.note(`the database could not be looked at ${when}: ${String(error)}`)
      return null
    })
    return Promise.race([told, whenStopped(stop)])
  }
}
