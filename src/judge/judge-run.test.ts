import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Objective, Plan } from '../domain/plan.ts'
import type { Bound, Finding, Measured, Report } from '../domain/verdict.ts'
import { type CallsShape, callsOf, calmRun, databaseOf, poolOf, timelineOf } from '../measure/testing/calm-run.ts'
import {
  type GeneratedPoolRow,
  type GeneratedRun,
  readGenerated,
  type TimelineEntry,
  withFolder,
  writeRun,
} from '../measure/testing/generated-run.ts'
import { faultOf, launchObjectives, objectiveOf, planOf } from '../measure/testing/plan-of.ts'
import { readRunFolder } from '../record/reader.ts'
import { judgeBound } from './compare.ts'
import { judgeRun } from './judge-run.ts'

const objectives: readonly Objective[] = [
  ...launchObjectives,
  objectiveOf('slow-p95', 'tool.latency.p95', 'slow', { max: 5_000 }),
  objectiveOf('slow-pool', 'pool.exhausted', 'slow', { is: false }),
  objectiveOf('back', 'recovery.after_heal', 'slow.recovery', { max: 20_000 }),
  objectiveOf('users', 'load.users.peak', 'run', { min: 50 }),
  objectiveOf('leaked', 'pool.leaked', 'run', { max: 0 }),
]
const planned = (changes: Partial<Plan> = {}): Plan => planOf({ faults: [faultOf()], objectives, ...changes })
const report = (changes: Partial<GeneratedRun> = {}): Report => {
  const plan = changes.plan ?? planned()
  return judgeRun(readGenerated(calmRun({ plan, timeline: timelineOf(plan), ...changes }))).report
}
const findingOf = (from: Report, id: string): Finding => {
  const found = from.findings.find((finding) => finding.id === id)
  if (found === undefined) throw new Error(`${id}: ${from.findings.map((finding) => finding.id).join()}`)
  return found
}
const calls = (shape: Partial<CallsShape>) =>
  callsOf({ users: 50, startMs: 0, endMs: 60_000, latencyMs: () => 20, ...shape })
const slowInFault = (slowMs: number) => calls({ latencyMs: (ms) => (ms >= 20_000 && ms < 30_000 ? slowMs : 20) })

describe('a bound against a measurement', () => {
  const value = (low: number, high: number): Measured => ({
    kind: 'value',
    value: low,
    unit: 'ms',
    sampleCount: 9,
    method: '',
    interval: { low, high },
  })
  const open = (least: number): Measured => ({
    kind: 'atLeast',
    value: least,
    unit: 'ms',
    sampleCount: 9,
    method: '',
    interval: null,
  })
  const bool = (is: boolean): Measured => ({
    kind: 'value',
    value: is,
    unit: 'bool',
    sampleCount: 9,
    method: '',
    interval: null,
  })
  const none: Measured = {
    kind: 'none',
    value: null,
    unit: 'ms',
    sampleCount: 0,
    method: '',
    interval: null,
    reason: 'sampler_silent',
    why: '',
  }
  const max: Bound = { max: 300, unit: 'ms' }
  const min: Bound = { min: 300, unit: 'ms' }

  test.each([
    ['wholly below a maximum', value(200, 299), max, 'pass', 'within_bound'],
    ['up to the maximum itself', value(200, 300), max, 'pass', 'within_bound'],
    ['a point on the maximum', value(300, 300), max, 'pass', 'within_bound'],
    ['across it', value(226, 309), max, 'unknown', 'interval_crosses_bound'],
    ['from the maximum up', value(300, 301), max, 'unknown', 'interval_crosses_bound'],
    ['wholly above it', value(301, 400), max, 'fail', 'beyond_bound'],
    [
      'without an upper end, beginning below',
      value(200, Number.POSITIVE_INFINITY),
      max,
      'unknown',
      'interval_crosses_bound',
    ],
    ['without an upper end, beginning above', value(301, Number.POSITIVE_INFINITY), max, 'fail', 'beyond_bound'],
    ['wholly above a minimum', value(301, 400), min, 'pass', 'within_bound'],
    ['from the minimum up', value(300, 400), min, 'pass', 'within_bound'],
    ['across it', value(299, 301), min, 'unknown', 'interval_crosses_bound'],
    ['up to the minimum', value(200, 300), min, 'unknown', 'interval_crosses_bound'],
    ['wholly below it', value(200, 299), min, 'fail', 'beyond_bound'],
    ['at least more than a maximum', open(301), max, 'fail', 'beyond_bound'],
    ['at least just the maximum', open(300), max, 'fail', 'beyond_bound'],
    ['at least less than a maximum: the end was not seen', open(299), max, 'unknown', 'not_over_by_horizon'],
    ['at least the minimum', open(300), min, 'pass', 'within_bound'],
    ['at least less than a minimum', open(299), min, 'unknown', 'not_over_by_horizon'],
    ['nothing measured', none, max, 'unknown', 'sampler_silent'],
    ['yes where no is wanted', bool(true), { is: false, unit: 'bool' }, 'fail', 'beyond_bound'],
    ['no where no is wanted', bool(false), { is: false, unit: 'bool' }, 'pass', 'within_bound'],
    ['yes where yes is wanted', bool(true), { is: true, unit: 'bool' }, 'pass', 'within_bound'],
    ['no where yes is wanted', bool(false), { is: true, unit: 'bool' }, 'fail', 'beyond_bound'],
    ['nothing measured where no is wanted', none, { is: false, unit: 'bool' }, 'unknown', 'sampler_silent'],
  ] as const)('%s', (_why, measured, bound, verdict, reason) => {
    expect(judgeBound(measured, bound)).toEqual({ verdict, reason })
  })

  test('fails or passes only if each value in the interval would', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20 }), fc.nat(20), fc.nat(40), fc.boolean(), (low, width, limit, isMax) => {
        const bound: Bound = isMax ? { max: limit, unit: 'ms' } : { min: limit, unit: 'ms' }
        const all = Array.from({ length: width + 1 }, (_, at) => (isMax ? low + at <= limit : low + at >= limit))
        const wanted = all.every(Boolean) ? 'pass' : all.some(Boolean) ? 'unknown' : 'fail'
        expect(judgeBound(value(low, low + width), bound).verdict).toBe(wanted)
      }),
    )
  })
})

describe('runs with a known truth', () => {
  test('a calm run passes, and says so with numbers', () => {
    const calm = report()
    expect(calm).toMatchObject({ verdict: 'pass', exitCode: 0, notAssessed: [] })
    expect(calm.findings.map((finding) => [finding.id, finding.verdict])).toEqual(
      [
        'clear-p95',
        'clear-errors',
        'slow-p95',
        'slow-pool',
        'back',
        'users',
        'leaked',
        'system.unplanned_exit',
        'load.delivered',
        'load.generator_errors',
        'faults.observed.slow',
      ].map((id) => [id, 'pass']),
    )
    expect(calm.summary).toMatch(/^Launch criteria met with 50 users at 50 calls\/s: all 11 findings/)
    expect(calm.load).toEqual({ callsIntended: 2_750, callsSent: 2_750, callsPerS: 50, usersPeak: 50, latePermille: 0 })
  })

  const exhaustedPool = (row: GeneratedPoolRow): GeneratedPoolRow => {
    const s = Math.max(0, row.tUs / 1e6)
    const during = Math.min(10, Math.max(0, s - 20))
    // One acquire a call; while the pool of 30 is full it gives out 20 a second, each held 1.5 s.
    const count = Math.round(s < 20 ? s * 50 : 1_000 + during * 20 + Math.max(0, s - 30) * 50)
    return { ...row, wait: [count, s, [count, count, count, count, count, count]] }
  }
  const poolUsedUp = {
    calls: slowInFault(9_000),
    pool: poolOf({
      max: 30,
      used: (ms) => (ms >= 20_000 && ms < 30_000 ? 30 : ms < 60_000 && ms > 0 ? 5 : 0),
      pending: (ms) => (ms >= 20_000 && ms < 30_000 ? 200 : 0),
      sample: exhaustedPool,
    }),
  }

  test('a pool used up fails, and the summary says what must change', () => {
    const failed = report(poolUsedUp)
    expect(failed).toMatchObject({ verdict: 'fail', exitCode: 1 })
    expect(findingOf(failed, 'slow-p95').verdict).toBe('fail')
    expect(findingOf(failed, 'clear-p95').verdict).toBe('pass')
    // Little's law: 50 calls/s x 30 / 20 acquires/s = 75.
    expect(findingOf(failed, 'slow-p95').hint).toMatch(
      /its 30 connections were used up for 9\.75 s on end .* 50 calls\/s that hold a connection for 1\.[45]\d* s need 7\d at once/,
    )
    expect(failed.summary).toMatch(
      /^Do not launch: latency from the intended start, p95 during slow was 9 s where at most 5 s is wanted/,
    )
    expect(failed.summary).toMatch(/the pool of 30 must grow to more than 7\d connections/)
  })

  type Case = readonly [
    why: string,
    changes: Partial<GeneratedRun>,
    id: string,
    verdict: string,
    reason: string,
    exitCode: number,
  ]
  const timelineWith = (...rows: TimelineEntry[]): TimelineEntry[] => timelineOf(planned(), rows)
  test.each<Case>([
    [
      'failures beyond the bound',
      { calls: calls({ outcome: (_ms, index) => (index % 12 === 0 ? 'tool_error' : 'ok') }) },
      'clear-errors',
      'fail',
      'beyond_bound',
      1,
    ],
    [
      'failures within the bound',
      { calls: calls({ outcome: (_ms, index) => (index % 50 === 0 ? 'tool_error' : 'ok') }) },
      'clear-errors',
      'pass',
      'within_bound',
      0,
    ],
    [
      'a leak of one connection',
      { pool: poolOf({ used: (ms) => (ms < 60_000 ? 12 : 1) }) },
      'leaked',
      'fail',
      'beyond_bound',
      1,
    ],
    [
      'a recovery that was not over, with more time than the bound',
      { calls: calls({ latencyMs: (ms) => (ms >= 20_000 ? 900 : 20) }) },
      'back',
      'fail',
      'beyond_bound',
      1,
    ],
    ['too few users', { calls: calls({ users: 49 }) }, 'users', 'fail', 'beyond_bound', 1],
    [
      'the server was killed by nobody',
      {
        timeline: timelineWith([
          41_000_000,
          'exit',
          'server',
          { pid: 2, code: null, signal: 'SIGSEGV', planned: false },
        ]),
      },
      'system.unplanned_exit',
      'fail',
      'unplanned_exit',
      1,
    ],
    [
      'one of several instances',
      { timeline: timelineWith([41_000_000, 'exit', 'server-2', { pid: 2, code: 1, signal: null, planned: false }]) },
      'system.unplanned_exit',
      'fail',
      'unplanned_exit',
      1,
    ],
    [
      'a planned exit',
      { timeline: timelineWith([41_000_000, 'exit', 'server', { pid: 2, code: 0, signal: null, planned: true }]) },
      'system.unplanned_exit',
      'pass',
      'within_bound',
      0,
    ],
    [
      'an exit of the harness’s own',
      { timeline: timelineWith([41_000_000, 'exit', 'k6-1', { pid: 2, code: 1, signal: null, planned: false }]) },
      'system.unplanned_exit',
      'pass',
      'within_bound',
      0,
    ],
    [
      'an exit before t0 is not the judge’s',
      { timeline: timelineWith([-1_000_000, 'exit', 'server', { pid: 2, code: 1, signal: null, planned: false }]) },
      'system.unplanned_exit',
      'pass',
      'within_bound',
      0,
    ],
    [
      'the database began anew, though no process of ours ended',
      { database: databaseOf((ms) => ({ startedAt: ms < 45_000 ? 'a' : 'b' })) },
      'system.unplanned_exit',
      'fail',
      'unplanned_exit',
      1,
    ],
    [
      'the database was restarted by plan',
      {
        database: databaseOf((ms) => ({ startedAt: ms < 45_000 ? 'a' : 'b' })),
        timeline: timelineWith([44_500_000, 'exit', 'primary', { pid: 1, code: 0, signal: null, planned: true }]),
      },
      'system.unplanned_exit',
      'pass',
      'within_bound',
      0,
    ],
    [
      'the database began anew while a fault was on it',
      {
        plan: planned({ faults: [faultOf({ on: 'primary' })] }),
        database: databaseOf((ms) => ({ startedAt: ms < 25_000 ? 'a' : 'b' })),
      },
      'system.unplanned_exit',
      'pass',
      'within_bound',
      0,
    ],
    [
      'the generator was late',
      { calls: calls({ latencyMs: () => 200, lateMs: (_ms, index) => (index % 10 === 0 ? 90 : 0) }) },
      'load.delivered',
      'unknown',
      'load_not_delivered',
      2,
    ],
    ['no calls', { calls: [] }, 'load.delivered', 'unknown', 'no_samples', 2],
    [
      'our own script failed',
      { calls: calls({ outcome: (_ms, index) => (index === 2_000 ? 'generator_error' : 'ok') }) },
      'load.generator_errors',
      'unknown',
      'generator_error',
      2,
    ],
    [
      'a fault never observed',
      { timeline: timelineWith().filter((row) => row[3].edge !== 'observed') },
      'faults.observed.slow',
      'unknown',
      'fault_not_observed',
      2,
    ],
    [
      'a fault never seen to heal',
      { timeline: timelineWith().filter((row) => row[3].edge !== 'healVerified') },
      'faults.observed.slow',
      'unknown',
      'fault_not_healed',
      2,
    ],
    [
      'a fault that never came',
      { timeline: timelineWith().filter((row) => row[1] !== 'injection') },
      'faults.observed.slow',
      'unknown',
      'window_missing',
      2,
    ],
    [
      'unknown as a warning: the verdict stays',
      { plan: planned({ unknown: 'warn' }), calls: [] },
      'clear-p95',
      'unknown',
      'no_samples',
      0,
    ],
    [
      'an interrupted run',
      {
        timeline: [
          ...timelineWith().filter(([at]) => at < 25_000_000),
          [25_000_000, 'end', null, { reason: 'interrupted' }],
        ],
      },
      'slow-p95',
      'unknown',
      'interrupted',
      130,
    ],
    [
      'a broken harness',
      {
        timeline: timelineWith().map(
          (row): TimelineEntry => (row[1] === 'end' ? [row[0], 'end', null, { reason: 'broken' }] : row),
        ),
      },
      'clear-p95',
      'pass',
      'within_bound',
      3,
    ],
  ])('%s', (_why, changes, id, verdict, reason, exitCode) => {
    const judged = report(changes)
    expect(findingOf(judged, id)).toMatchObject({ verdict, reason })
    expect(judged.exitCode).toBe(exitCode)
    const worst = judged.findings.map((finding) => finding.verdict)
    const expected = worst.includes('fail') ? 'fail' : worst.includes('unknown') ? 'unknown' : 'pass'
    expect(judged.verdict).toBe(expected)
  })

  test('an unplanned exit says which, how and when', () => {
    const timeline = timelineWith([
      41_000_000,
      'exit',
      'server',
      { pid: 2, code: null, signal: 'SIGSEGV', planned: false },
    ])
    expect(findingOf(report({ timeline }), 'system.unplanned_exit').why).toBe(
      'The system did not stay up: server ended by signal SIGSEGV at 41.0 s.',
    )
  })

  test('information never changes the verdict', () => {
    const info = objectiveOf('impossible', 'tool.latency.p50', 'steady', { max: 0 }, { judged: false })
    const judged = report({ plan: planned({ objectives: [...objectives, info] }) })
    expect(findingOf(judged, 'impossible').verdict).toBe('fail')
    expect(judged.verdict).toBe('pass')
  })

  test('each tool has a finding of its own, one that was never called among them', () => {
    const each = objectiveOf(
      'each',
      'tool.error_ratio',
      'steady',
      { max: 0.05 },
      { where: { tool: '*' }, judged: false },
    )
    const run = {
      plan: planned({ objectives: [...objectives, each] }),
      tools: ['read', 'write', 'idle'],
      calls: calls({ outcome: (_ms, index) => (index % 10 === 1 ? 'tool_error' : 'ok') }),
    }
    const found = report(run).findings.filter((finding) => finding.id.startsWith('each'))
    expect(found.map(({ id, verdict, where }) => [id, verdict, where])).toEqual([
      ['each.idle', 'unknown', { tool: 'idle' }],
      ['each.read', 'pass', { tool: 'read' }],
      ['each.write', 'fail', { tool: 'write' }],
    ])
  })
})

describe('what cannot be assessed', () => {
  test('is named apart from the verdict, with the line that would change it', () => {
    const plan = planned({ observe: { ...planned().observe, pool: null } })
    const judged = report({ plan })
    expect(judged.verdict).toBe('pass')
    expect(judged.notAssessed.map(({ id, why }) => [id, why.includes('observe.pool')])).toEqual([
      ['slow-pool', true],
      ['leaked', true],
    ])
  })

  test('a pool sampler that stopped is another matter: unknown', () => {
    const pool = poolOf({ used: () => 12, sample: (row) => (row.tUs > 24_000_000 ? null : row) })
    const judged = report({ pool })
    expect(findingOf(judged, 'slow-pool')).toMatchObject({ verdict: 'unknown', reason: 'sampler_silent' })
    expect(judged.verdict).toBe('unknown')
  })

  test('with no objective left there is no pass', () => {
    const silent = report({ plan: planned({ objectives: [] }) })
    expect(silent).toMatchObject({ verdict: 'unknown', exitCode: 2 })
    expect(silent.summary).toMatch(/^Inconclusive/)
  })
})

describe('a report', () => {
  test('is the same for the same folder, holds only finite numbers but for open intervals, and names its evidence', () => {
    withFolder((folder) => {
      writeRun(folder, calmRun({ plan: planned() }))
      const first = JSON.stringify(judgeRun(readRunFolder(folder)))
      expect(JSON.stringify(judgeRun(readRunFolder(folder)))).toBe(first)
      const { report: again } = judgeRun(readRunFolder(folder))
      const files = findingOf(again, 'slow-pool').evidence.map((entry) => entry.file)
      expect(files).toEqual(['calls/k6-1.ndjson', 'pool.ndjson', 'run.json', 'timeline.ndjson'])
      for (const finding of again.findings)
        expect(finding.evidence.every((entry) => /^[0-9a-f]{64}$/.test(entry.sha256))).toBe(true)
    })
  })

  test('counts tools and error texts', () => {
    const judged = report({ calls: calls({ outcome: (_ms, index) => (index % 10 === 1 ? 'tool_error' : 'ok') }) })
    expect(judged.tools.map(({ tool, calls: count, errors }) => [tool, count, errors])).toEqual([
      ['read', 1_375, {}],
      ['write', 1_375, { tool_error: 275 }],
    ])
    expect(judged.errors).toEqual({
      rows: [{ outcome: 'tool_error', text: 'no database connection became free', calls: 275 }],
      omitted: 0,
    })
  })

  test('can be made of a run cut at any byte of any stream, and never passes then', () => {
    const files = ['calls/k6-1.ndjson', 'timeline.ndjson', 'pool.ndjson']
    fc.assert(
      fc.property(fc.constantFrom(...files), fc.double({ min: 0, max: 0.9, noNaN: true }), (file, share) => {
        withFolder((folder) => {
          writeRun(folder, calmRun({ plan: planned() }))
          const path = join(folder, file)
          const text = readFileSync(path, 'utf8')
          writeFileSync(path, text.slice(0, Math.floor(share * text.length)))
          expect(judgeRun(readRunFolder(folder)).report.verdict).toBe('unknown')
        })
      }),
      { numRuns: 25 },
    )
  })
})
