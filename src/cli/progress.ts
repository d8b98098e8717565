import { createLogUpdate } from 'log-update'
import { createColors } from 'picocolors'
import type { Clock } from '../domain/clock.ts'
import type { Plan } from '../domain/plan.ts'
import { LiveCalls } from '../measure/live.ts'
import { type Sampler, sampleEvery } from '../observe/every.ts'
import { StreamFollower } from '../record/follow.ts'

/** What a person sees while a plan runs. Reads what was recorded, persists nothing, judges nothing. */
export interface ProgressSpec {
  readonly plan: Plan
  readonly clock: Clock
  readonly t0Us: number
  readonly callsFile: string
  readonly poolFile: string
  readonly isTerminal: boolean
  readonly stderr: (text: string) => void
}

const terminalEveryMs = 500
/** Without a terminal a line every few seconds, so that a log stays readable. */
const plainEveryMs = 5_000

interface Pool {
  readonly used: number | null
  readonly max: number | null
  readonly pending: number | null
}

/** The newest rows of the pool stream, of several instances the fullest; its columns are in docs/run-folder.md. */
function newestPool(lines: readonly unknown[], before: Pool): Pool {
  const rows = lines.filter((line) => Array.isArray(line))
  const newest = [...new Map(rows.map((row) => [row.at(-1), row])).values()].map((row): Pool => {
    const [, , , used, , max, pending] = row as (number | null)[]
    return { used: used ?? null, max: max ?? null, pending: pending ?? null }
  })
  return newest.toSorted((a, b) => (b.used ?? -1) - (a.used ?? -1))[0] ?? before
}

function usersAt(plan: Plan, ms: number): number {
  const phase = plan.load.phases.find(({ startMs, endMs }) => startMs <= ms && ms < endMs)
  if (!phase) return 0
  const share = (ms - phase.startMs) / (phase.endMs - phase.startMs)
  return Math.round(phase.usersFrom + (phase.usersTo - phase.usersFrom) * share)
}

/** Phase, fault and what is left of them, such as `steady · black-hole 4 s more`. */
function where(plan: Plan, ms: number): string {
  const phase = plan.load.phases.find(({ startMs, endMs }) => startMs <= ms && ms < endMs)
  const parts = [phase?.id ?? (ms < 0 ? 'about to start' : 'the end')]
  for (const fault of plan.faults) {
    // The plan does not know when one that waits begins.
    if (fault.after !== undefined) continue
    const endMs = fault.startMs + fault.forMs
    if (fault.startMs <= ms && ms < endMs) parts.push(`${fault.id} ${Math.ceil((endMs - ms) / 1_000)} s more`)
    else if (endMs <= ms && ms < endMs + fault.recoveryMs) parts.push(`after ${fault.id}`)
  }
  return parts.join(' · ')
}

function latencyText(ms: number | null): string {
  if (ms === null) return '-'
  if (!Number.isFinite(ms)) return 'unanswered'
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`
}

const nothingYet = { callsPerS: null, latencyMsP95: null, errorRatio: null }

function isHeader(line: unknown): line is { columns: string[]; outcomes: string[] } {
  return typeof line === 'object' && line !== null && 'columns' in line && 'outcomes' in line
}

class Progress {
  readonly #spec: ProgressSpec
  readonly #calls: StreamFollower
  readonly #pools: StreamFollower
  #live: LiveCalls | null = null
  #pool: Pool = { used: null, max: null, pending: null }

  constructor(spec: ProgressSpec) {
    this.#spec = spec
    this.#calls = new StreamFollower(spec.callsFile)
    this.#pools = new StreamFollower(spec.poolFile)
  }

  line(): string {
    const { plan, clock, t0Us } = this.#spec
    const nowUs = clock.monotonicUs() - t0Us
    for (const line of this.#calls.look()) this.#take(line)
    this.#pool = newestPool(this.#pools.look(), this.#pool)
    const { callsPerS, latencyMsP95, errorRatio } = this.#live?.at(nowUs) ?? nothingYet
    const nowMs = nowUs / 1_000
    const endMs = plan.load.phases.at(-1)?.endMs ?? 0
    const { used, max, pending } = this.#pool
    const pool =
      used === null ? 'pool -' : `pool ${used}${max === null ? '' : `/${max}`}${pending ? ` +${pending} waiting` : ''}`
    const errors =
      errorRatio === null ? '-' : `${(errorRatio * 100).toFixed(errorRatio < 0.1 && errorRatio > 0 ? 1 : 0)} %`
    return [
      `${Math.max(0, Math.floor(nowMs / 1_000))}/${Math.round(endMs / 1_000)} s`,
      where(plan, nowMs),
      `${usersAt(plan, nowMs)} users`,
      `${callsPerS === null ? '-' : Math.round(callsPerS)} calls/s`,
      `p95 ${latencyText(latencyMsP95)}`,
      `errors ${errors}`,
      pool,
    ].join(' | ')
  }

  #take(line: unknown): void {
    if (Array.isArray(line)) this.#live?.push(line)
    else if (isHeader(line)) this.#live = new LiveCalls(line.columns, line.outcomes)
  }

  close(): void {
    this.#calls.close()
    this.#pools.close()
  }
}

/** Shows how a run goes until it is stopped: one live line in a terminal, plain lines elsewhere. */
export function showProgress(spec: ProgressSpec): Sampler {
  const progress = new Progress(spec)
  const colors = createColors(spec.isTerminal)
  const live = spec.isTerminal ? createLogUpdate(process.stderr) : null
  const show = () => {
    const line = progress.line()
    if (live) live(colors.cyan('● ') + line)
    else spec.stderr(`${line}\n`)
  }
  // A view that breaks must not break the run: it just goes quiet.
  const sampler = sampleEvery(spec.clock, spec.isTerminal ? terminalEveryMs : plainEveryMs, show, () => undefined)
  const stop = async () => {
    await sampler.stop()
    live?.clear()
    live?.done()
    progress.close()
  }
  return { stop, [Symbol.asyncDispose]: stop }
}
