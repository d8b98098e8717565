/**
 * Truths that no server can be made to show at will, as run folders: what is in them, and what must be said of it. A
 * finding that is not named must pass.
 */
import type { ReasonCode, Verdict } from '../../src/domain/verdict.ts'
import { calls } from '../../src/judge/testing/judged-run.ts'
import { timelineOf } from '../../src/measure/testing/calm-run.ts'
import type { GeneratedRun, TimelineEntry } from '../../src/measure/testing/generated-run.ts'
import { objectiveOf, planOf } from '../../src/measure/testing/plan-of.ts'

export interface GeneratedTruth {
  readonly id: string
  readonly says: string
  readonly run: Partial<GeneratedRun>
  readonly expected: {
    readonly verdict: Verdict
    readonly exitCode: number
    readonly findings: Readonly<Record<string, readonly [Verdict, ReasonCode]>>
    readonly told?: Readonly<Record<string, RegExp>>
  }
}

const phases = [
  { id: 'first', startMs: 0, endMs: 30_000, usersFrom: 50, usersTo: 50, judged: true },
  { id: 'second', startMs: 30_000, endMs: 60_000, usersFrom: 50, usersTo: 50, judged: true },
]
const base = planOf()
/** 50 users, a call a second each, for a minute; latency and errors judged in both halves, the pool in the first. */
export const plan = planOf({
  load: { ...base.load, phases },
  objectives: [
    ...phases.flatMap(({ id }) => [
      objectiveOf(`${id}-p95`, 'tool.latency.p95', id, { max: 300 }),
      objectiveOf(`${id}-p99`, 'tool.latency.p99', id, { max: 300 }),
      objectiveOf(`${id}-service`, 'tool.service_time.p99', id, { max: 300 }),
      objectiveOf(`${id}-errors`, 'tool.error_ratio', id, { max: 0.05 }),
    ]),
    objectiveOf('leaked', 'pool.leaked', 'run', { max: 0 }),
  ],
})

const timeline = (...more: readonly TimelineEntry[]) => timelineOf(plan, more)
const undelivered = ['unknown', 'load_not_delivered'] as const
const stepped = ['unknown', 'clock_stepped'] as const
const of = (half: 'first' | 'second', said: readonly [Verdict, ReasonCode], ...names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [`${half}-${name}`, said]))
const all = ['p95', 'p99', 'service', 'errors'] as const

export const generatedTruths: readonly GeneratedTruth[] = [
  {
    id: 'clock-steps',
    says: 'the wall clock jumps by two seconds in the second half; the system is quick all through',
    run: { timeline: timeline([41_000_000, 'clock', null, { stepUs: 2_000_000 }]) },
    expected: {
      verdict: 'unknown',
      exitCode: 2,
      findings: {
        ...of('second', stepped, ...all),
        'load.delivered': stepped,
        'load.generator_errors': stepped,
        'system.unplanned_exit': stepped,
      },
      told: { 'second-p95': /clock stepped by 2000 ms at 41\.0 s/ },
    },
  },
  {
    id: 'generator-too-small',
    says: 'the generator sends 50 calls/s on time for half a minute, then is late by 80 ms with every tenth',
    run: { calls: calls({ latencyMs: () => 100, lateMs: (ms, index) => (ms >= 30_000 && index % 10 === 0 ? 80 : 0) }) },
    expected: {
      verdict: 'unknown',
      exitCode: 2,
      findings: { ...of('second', undelivered, ...all), 'load.delivered': undelivered },
      told: {
        'load.delivered':
          /late by the generator's own doing, which says nothing about the system\. .*late in 30 of 60 seconds, .* in a second is 50 calls\/s/,
      },
    },
  },
  {
    id: 'generator-late-and-system-slow',
    says: 'the generator is late, and what it sent takes a second: of the system nothing can be said, so it is not failed',
    run: { calls: calls({ latencyMs: () => 1_000, lateMs: (_ms, index) => (index % 10 === 0 ? 80 : 0) }) },
    expected: {
      verdict: 'unknown',
      exitCode: 2,
      findings: {
        ...of('first', undelivered, ...all),
        ...of('second', undelivered, ...all),
        'load.delivered': undelivered,
      },
      told: { 'load.delivered': /in no second this machine delivered them on time/ },
    },
  },
  {
    id: 'system-slow',
    says: 'every call takes half a second, the generator is on time: the system missed its bounds',
    run: { calls: calls({ latencyMs: () => 500 }) },
    expected: {
      verdict: 'fail',
      exitCode: 1,
      findings: {
        ...of('first', ['fail', 'beyond_bound'], 'p95', 'p99', 'service'),
        ...of('second', ['fail', 'beyond_bound'], 'p95', 'p99', 'service'),
      },
    },
  },
  {
    id: 'refused-fast',
    says: 'in the second half a tenth of the calls is refused within a millisecond: percentiles get worse, not better',
    run: {
      calls: calls({
        latencyMs: (ms, index) => (ms >= 30_000 && index % 10 === 0 ? 1 : 100),
        outcome: (ms, index) => (ms >= 30_000 && index % 10 === 0 ? 'rate_limited' : 'ok'),
      }),
    },
    expected: {
      verdict: 'fail',
      exitCode: 1,
      findings: of('second', ['fail', 'beyond_bound'], 'p95', 'p99', 'errors'),
    },
  },
]
