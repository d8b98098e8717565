import type { Finding, Report } from '../../../src/domain/verdict.ts'
import { worst } from '../../../src/domain/verdict.ts'
import { type CallShape, callSeries, generateCalls, type SampleCall } from './calls.ts'
import { callsIn, counted, errorRatio, finding, latencyIn, measurementsOf, row, toolRows } from './measured.ts'
import { header, injection, resourceSeries, type Sample, type StagedFault, tools, windowsOf } from './stage.ts'

export const durationS = 120
const bucketMs = 2_000
export const maxP95 = { max: 5_000, unit: 'ms' } as const
const maxErrors = { max: 0.05, unit: 'ratio' } as const
const exitCodes = { pass: 0, fail: 1, unknown: 2 } as const

export const slow: StagedFault = { id: 'slow-db', fault: 'latency', startS: 45, endS: 65, settledS: 67 }
export const hole: StagedFault = { id: 'hole', fault: 'black-hole', startS: 85, endS: 95, settledS: 101 }

export const during = (t: number, fault: StagedFault) => t >= fault.startS && t < fault.endS
export const rampUp = (perS: number) => (t: number) => Math.min(perS, (perS * (t + 1)) / 20)

function loadOf(calls: readonly SampleCall[], usersPeak: number): Report['load'] {
  const callsPerS = Number((calls.length / durationS).toPrecision(5))
  return { callsIntended: calls.length, callsSent: calls.length, callsPerS, usersPeak, latePermille: 0.4 }
}

function windowFindings(calls: readonly SampleCall[], faults: readonly StagedFault[]): Finding[] {
  const windows = windowsOf(durationS, faults)
  const inside = (id: string) => callsIn(calls, windows.find((window) => window.id === id)?.spans ?? [])
  const clear = inside('steady.clear')
  const slowed = inside('slow-db')
  return [
    finding(
      'p95',
      'tool.latency.p95',
      'steady.clear',
      latencyIn(clear, 0.95),
      maxP95,
      'Without faults p95 was judged against the launch bound.',
    ),
    finding(
      'errors',
      'tool.error_ratio',
      'steady.clear',
      errorRatio(clear),
      maxErrors,
      'Failed calls of all intended calls without faults.',
    ),
    finding(
      'p95-slow',
      'tool.latency.p95',
      'slow-db',
      latencyIn(slowed, 0.95),
      maxP95,
      'The launch bound also holds while each round trip to the database takes 34 ms longer.',
    ),
    finding(
      'errors-slow',
      'tool.error_ratio',
      'slow-db',
      errorRatio(slowed),
      maxErrors,
      'Failed calls of all calls that overlap the fault.',
    ),
  ]
}

/** What a sample is about; the rest follows from its calls. */
export interface Story {
  readonly id: string
  readonly summary: string
  readonly shape: CallShape
  readonly faults: readonly StagedFault[]
  readonly poolMax: number
  readonly databaseMax: number
  readonly target: string
  readonly wanted: (t: number) => number
  readonly more: (calls: readonly SampleCall[]) => readonly Finding[]
  readonly advice: Report['advice']
  readonly errors: Report['errors']
  /** Of a gate; left out: nobody looked. */
  readonly newestDrill?: Report['newestDrill']
}

const noDrill: Report['notAssessed'][number] = {
  id: 'disaster-recovery-tested',
  measure: 'drill.newest',
  window: 'run',
  why: 'No drill was found among the past runs, so nothing shows that recovery works. Do one by `squall drill`.',
}

/** The report and the series of a story: findings, measurements and charts all come from the same calls. */
export function told(story: Story): Sample {
  const calls = generateCalls(story.shape)
  const windows = windowsOf(durationS, story.faults)
  const findings = [...windowFindings(calls, story.faults), ...story.more(calls)]
  const verdict = worst(findings.filter((entry) => entry.judged).map((entry) => entry.verdict))
  const report: Report = {
    schemaVersion: 1,
    run: header({ id: story.id, target: story.target }),
    ...(story.newestDrill === undefined ? {} : { newestDrill: story.newestDrill }),
    verdict,
    exitCode: exitCodes[verdict],
    summary: story.summary,
    load: loadOf(calls, 1000),
    windows,
    injections: story.faults.map(injection),
    findings,
    notAssessed: [
      {
        id: 'lag',
        measure: 'database.replay_lag.max',
        window: 'steady.clear',
        why: 'The stack has no replica. Add a node with `follows: primary` to assess it.',
      },
      ...(story.newestDrill === null ? [noDrill] : []),
    ],
    advice: story.advice,
    measurements: [
      ...measurementsOf(calls, windows),
      row('pool.used.peak_ratio', 'steady.clear', counted(0.4, 'ratio')),
      row('database.connections.peak', 'run', counted(story.poolMax)),
    ],
    tools: toolRows(calls, tools),
    errors: story.errors,
  }
  const rest = resourceSeries({
    durationS,
    poolMax: story.poolMax,
    databaseMax: story.databaseMax,
    wanted: story.wanted,
  })
  return { report, series: { ...rest, calls: callSeries(calls, durationS, bucketMs) } }
}
