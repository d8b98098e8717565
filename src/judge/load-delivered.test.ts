import { describe, expect, it } from 'vitest'
import type { Outcome } from '../domain/outcome.ts'
import type { Plan } from '../domain/plan.ts'
import type { Finding } from '../domain/verdict.ts'
import { RunView } from '../measure/run-view.ts'
import { callsOf, calmRun, timelineOf } from '../measure/testing/calm-run.ts'
import { type GeneratedCall, readGenerated, type TimelineEntry } from '../measure/testing/generated-run.ts'
import { planOf } from '../measure/testing/plan-of.ts'
import { deliveredWords } from './delivered-words.ts'
import { judgeImplicit } from './implicit-findings.ts'

interface Shape {
  readonly lateMs?: (at: number) => number
  readonly outcome?: (at: number) => Outcome
}

/** Four calls a second, of which 220 are judged: `at` counts these from 0. */
const fewCalls = ({ lateMs = () => 0, outcome = () => 'ok' }: Shape): GeneratedCall[] =>
  callsOf({
    users: 4,
    startMs: 0,
    endMs: 60_000,
    latencyMs: () => 200,
    lateMs: (_, index) => lateMs(index - 20),
    outcome: (_, index) => outcome(index - 20),
  })

function viewOf(calls: readonly GeneratedCall[], changes: { plan?: Plan; timeline?: TimelineEntry[] } = {}): RunView {
  const { plan = planOf(), timeline = timelineOf(plan) } = changes
  return new RunView(readGenerated(calmRun({ plan, timeline, calls, pool: [], database: [] })))
}

function found(id: string, ...args: Parameters<typeof viewOf>): Finding {
  const finding = judgeImplicit(viewOf(...args)).findings.find((one) => one.id === id)
  if (finding === undefined) throw new Error(id)
  return finding
}

describe('whether the load was delivered', () => {
  const lateIn = (count: number) => (at: number) => (at >= 0 && at < count ? 60 : 0)
  const unsent = (at: number): Outcome => (at >= 200 ? 'unsent' : 'ok')

  it.each([
    [2, 'pass'],
    [3, 'unknown'],
  ])('1 %% of 200 that were sent may be late, by the generator: %d is %s', (late, verdict) => {
    const calls = fewCalls({ lateMs: lateIn(late), outcome: unsent })
    expect(found('load.delivered', calls)).toMatchObject({ verdict, measured: { value: late / 200 } })
  })

  it('a load that ended early was not, though every call was on time', () => {
    const early = timelineOf(planOf()).map(
      (row): TimelineEntry => (row[1] === 'load' ? [50_000_000, ...rest(row)] : row),
    )
    const finding = found('load.delivered', fewCalls({}), { timeline: early.sort(([a], [b]) => a - b) })
    expect(finding).toMatchObject({ verdict: 'unknown', reason: 'load_not_delivered', measured: { value: 0 } })
    expect(finding.why).toMatch(/^The load was not delivered: the load ended at 50\.0 s, before the end of run, which/)
  })

  it('a generator that was late beside a script that failed is told as late by itself', () => {
    const calls = fewCalls({ lateMs: lateIn(10), outcome: (at) => (at === 100 ? 'generator_error' : 'ok') })
    expect(found('load.delivered', calls).why).toMatch(
      /^The load was not delivered: the generator was late by itself, which says nothing about the system\./,
    )
  })
})

const rest = ([, ...others]: TimelineEntry) => others

describe('our own script', () => {
  const one = fewCalls({}).filter((_, index) => index === 100)

  it('is known from a single call', () => {
    expect(found('load.generator_errors', one)).toMatchObject({ verdict: 'pass', measured: { sampleCount: 1 } })
  })

  it('is not known where no call was due', () => {
    expect(found('load.generator_errors', [])).toMatchObject({ verdict: 'unknown', reason: 'no_samples' })
  })
})

describe('what this machine has delivered', () => {
  const wordsOf = (calls: readonly GeneratedCall[]) => {
    const view = viewOf(calls)
    const run = view.window('run')
    if (run === null) throw new Error('no run')
    return deliveredWords(view.calls(run))
  }
  /** So many calls in one second of the run, all of them late or none. */
  const second = (startMs: number, users: number, lateMs: number) =>
    callsOf({ users, startMs, endMs: startMs + 1_000, latencyMs: () => 200, lateMs: () => lateMs })

  it.each<[reason: string, calls: GeneratedCall[], words: RegExp]>([
    ['nothing where nothing was due', [], /^$/],
    [
      'in a single second',
      second(10_000, 5, 0),
      /up to 5 calls\/s were due, .* late in 0 of 1 seconds, .* is 5 calls\/s/,
    ],
    [
      '95 % of what was due at most is as good as all: it was held up',
      [...second(10_000, 19, 0), ...second(20_000, 20, 90)],
      /late in 1 of 2 seconds, .* is 19 calls\/s: it can deliver them, and was held up/,
    ],
    [
      'less than that is too small a machine',
      [...second(10_000, 18, 0), ...second(20_000, 20, 90)],
      /late in 1 of 2 seconds, .* is 18 calls\/s: fewer users, a longer pace or a larger machine\.$/,
    ],
  ])('%s', (_reason, calls, words) => {
    expect(wordsOf(calls)).toMatch(words)
  })
})
