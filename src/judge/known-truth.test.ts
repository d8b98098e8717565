import { describe, expect, test } from 'vitest'
import { databaseOf, poolOf, timelineOf } from '../measure/testing/calm-run.ts'
import type { GeneratedPoolRow, GeneratedRun, TimelineEntry } from '../measure/testing/generated-run.ts'
import { faultOf, objectiveOf } from '../measure/testing/plan-of.ts'
import { calls, findingOf, objectives, planned, report, slowInFault } from './testing/judged-run.ts'

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
      'no calls: nor can our script’s failures be told',
      { calls: [] },
      'load.generator_errors',
      'unknown',
      'no_samples',
      2,
    ],
    [
      'our script failed: that says nothing about lateness',
      { calls: calls({ outcome: (_ms, index) => (index === 2_000 ? 'generator_error' : 'ok') }) },
      'load.delivered',
      'pass',
      'within_bound',
      2,
    ],
    [
      'no script failed though the fault was not seen',
      { timeline: timelineWith().filter((row) => row[3].edge !== 'observed') },
      'load.generator_errors',
      'pass',
      'within_bound',
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
    const isOpen = worst.includes('unknown') || exitCode === 3 || exitCode === 130
    const expected = worst.includes('fail') ? 'fail' : isOpen ? 'unknown' : 'pass'
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

  test('what a tool’s miss points at are its own failures, not those of others', () => {
    const of = (tool: string) =>
      objectiveOf(tool, 'tool.error_ratio', 'steady', { max: 0.01 }, { where: { tool }, judged: false })
    const run = {
      plan: planned({ objectives: [...objectives, of('read'), of('write')] }),
      calls: calls({
        outcome: (_ms, index) => (index % 2 === 1 ? 'tool_error' : index % 20 === 0 ? 'rate_limited' : 'ok'),
      }),
    }
    expect(findingOf(report(run), 'read').hint).toMatch(/^Most failures \((\d+) of \1\) ended as rate_limited/)
    expect(findingOf(report(run), 'write').hint).toMatch(/^Most failures \((\d+) of \1\) ended as tool_error/)
  })
})
