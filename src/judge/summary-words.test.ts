import { describe, expect, it } from 'vitest'
import type { Finding, Report, Verdict } from '../domain/verdict.ts'
import { exactly } from '../measure/measured.ts'
import { RunView } from '../measure/run-view.ts'
import { callsOf, calmRun, poolOf, timelineOf } from '../measure/testing/calm-run.ts'
import { readGenerated, type TimelineEntry } from '../measure/testing/generated-run.ts'
import { faultOf, planOf } from '../measure/testing/plan-of.ts'
import { summaryOf } from './summary.ts'

const load: Report['load'] = { callsIntended: 1, callsSent: 1, callsPerS: 1, usersPeak: 1, latePermille: 0 }

const finding = (changes: Partial<Finding>): Finding => ({
  id: 'asked',
  measure: 'tool.error_ratio',
  window: 'slow',
  verdict: 'fail',
  reason: 'beyond_bound',
  measured: exactly(0.5, 'ratio', 100, 'count'),
  bound: { max: 0.1, unit: 'ratio' },
  why: 'Half failed.',
  judged: true,
  where: null,
  evidence: [],
  ...changes,
})

/** Two calls a second, each of which holds one connection for 3 s: seven are needed, as the pool says while a fault is on. */
function viewOf(max: number, endOf: (rows: TimelineEntry[]) => TimelineEntry[] = (rows) => rows): RunView {
  const plan = planOf({ faults: [faultOf()] })
  const pool = poolOf({
    max,
    used: () => 6,
    sample: (row) => {
      const count = Math.round(2 * Math.max(0, row.tUs / 1e6))
      return { ...row, wait: [count, 0, [count, count, count, count, count, count]] }
    },
  })
  const calls = callsOf({ users: 2, startMs: 0, endMs: 60_000, latencyMs: () => 20 })
  const timeline = endOf(timelineOf(plan))
  return new RunView(readGenerated(calmRun({ plan, timeline, pool, calls, database: [] })))
}

const said = (view: RunView, verdict: Verdict, findings: readonly Finding[]) =>
  summaryOf(view, verdict, findings, [], load)

describe('what must change', () => {
  const full = finding({ hint: 'Points at the pool: all of it.' })

  it.each<[reason: string, max: number, findings: Finding[], words: RegExp]>([
    ['the pool, to more than what was needed', 6, [full], /; the pool of 6 must grow to more than 7 connections, or/],
    ['one as large as that is not told to grow to its own size', 7, [full], /; the pool must grow, or calls must/],
    [
      'one of several misses points at it',
      6,
      [finding({ hint: 'Most failures' }), full, finding({ window: 'steady' })],
      /; the pool of 6 must grow/,
    ],
    [
      'one that was used up in another way',
      6,
      [finding({}), finding({ measure: 'pool.exhausted' })],
      /; the pool must grow, or calls must hold its connections for a shorter time\.$/,
    ],
    ['nothing that the run tells', 6, [finding({})], /is wanted\.$/],
  ])('%s', (_reason, max, findings, words) => {
    expect(said(viewOf(max), 'fail', findings)).toMatch(words)
  })
})

describe('inconclusive though nothing that was judged is open', () => {
  const kept = finding({ verdict: 'pass', reason: 'within_bound' })
  const interrupted = (rows: TimelineEntry[]): TimelineEntry[] => [
    ...rows.filter(([tUs]) => tUs < 50_000_000),
    [50_000_000, 'end', null, { reason: 'interrupted' }],
  ]

  it.each<[reason: string, view: RunView, findings: Finding[], words: string]>([
    [
      'for the run ended early',
      viewOf(6, interrupted),
      [kept],
      'Inconclusive, which is no permission to launch: the run did not end as planned (interrupted).',
    ],
    [
      'for nothing was judged',
      viewOf(6),
      [finding({ verdict: 'unknown', judged: false })],
      'Inconclusive: no objective of the plan could be assessed, so nothing is known.',
    ],
    [
      'what is open comes before how the run ended',
      viewOf(6, interrupted),
      [finding({ verdict: 'unknown', why: 'It cannot be told.' })],
      'Inconclusive, which is no permission to launch: it cannot be told.',
    ],
  ])('%s', (_reason, view, findings, words) => {
    expect(said(view, 'unknown', findings)).toBe(words)
  })
})
