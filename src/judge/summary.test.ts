import { describe, expect, it } from 'vitest'
import { poolOf } from '../measure/testing/calm-run.ts'
import type { GeneratedPoolRow, TimelineEntry } from '../measure/testing/generated-run.ts'
import { objectiveOf } from '../measure/testing/plan-of.ts'
import { calls, objectives, planned, report } from './testing/judged-run.ts'

const latency = (id: string, max: number, during = 'steady') => objectiveOf(id, 'tool.latency.p50', during, { max })
const summary = (plan: ReturnType<typeof planned>, changes: Parameters<typeof report>[0] = {}) =>
  report({ plan, ...changes }).summary
const missing = (count: number) =>
  planned({ objectives: Array.from({ length: count }, (_, at) => latency(`m${at}`, 1)) })

describe('no launch', () => {
  it.each([
    [1, /^Do not launch: latency [^;]*p50 during steady was 20 ms where at most 1 ms is wanted\.$/],
    [3, /(during steady[^;]*){3}wanted\.$/],
    [4, /(during steady[^;]*){3} and 1 more\.$/],
    [5, /(during steady[^;]*){3} and 2 more\.$/],
  ])('%d misses: three are named, the rest is counted', (count, words) => {
    expect(summary(missing(count))).toMatch(words)
  })

  it('names the tool that missed', () => {
    const one = objectiveOf('one', 'tool.latency.p50', 'steady', { max: 1 }, { where: { tool: 'read' } })
    expect(summary(planned({ objectives: [one] }))).toMatch(/during steady of read was 20 ms/)
  })

  it('says of yes and no only which', () => {
    const pool = poolOf({ max: 12, used: (ms) => (ms >= 0 && ms < 60_000 ? 12 : 0), pending: () => 1 })
    const asked = planned({ objectives: [objectiveOf('full', 'pool.exhausted', 'steady', { is: false })] })
    expect(summary(asked, { pool })).toMatch(
      /^Do not launch: [^:]* during steady: yes; the pool must grow, or calls must hold its connections for a shorter time\.$/,
    )
  })

  it('says which process ended, in the words of the finding', () => {
    const timeline = (plan: ReturnType<typeof planned>): TimelineEntry[] => [
      [0, 't0', null, { monotonicUs: 1, wallUnixUs: 1 }],
      [-1_000_000, 'process', 'server', { pid: 2 }],
      [41_000_000, 'exit', 'server', { pid: 2, code: 1, signal: null, planned: false }],
      [60_100_000, 'load', 'k6-1', { edge: 'end', reason: 'planned' }],
      [67_000_000, 'end', null, { reason: plan.name === '' ? 'broken' : 'planned' }],
    ]
    const plan = planned({ faults: [], objectives: [latency('kept', 100)] })
    expect(summary(plan, { timeline: timeline(plan) })).toBe(
      'Do not launch: the system did not stay up: server ended with code 1 at 41.0 s.',
    )
  })

  it('tells how large a pool would have to be only where that is more than it has', () => {
    const isHarmed = (ms: number) => ms >= 20_000 && ms < 30_000
    const full = (acquiresPerS: number) =>
      poolOf({
        max: 30,
        used: (ms) => (isHarmed(ms) ? 30 : ms >= 0 && ms < 60_000 ? 5 : 0),
        pending: (ms) => (isHarmed(ms) ? 200 : 0),
        sample: (row): GeneratedPoolRow => {
          const s = Math.max(0, row.tUs / 1e6)
          const count = Math.round(
            Math.min(s, 20) * 50 + Math.min(10, Math.max(0, s - 20)) * acquiresPerS + Math.max(0, s - 30) * 50,
          )
          return { ...row, wait: [count, s, [count, count, count, count, count, count]] }
        },
      })
    const slow = calls({ latencyMs: (ms) => (isHarmed(ms) ? 9_000 : 20) })
    const plan = planned({ objectives: objectives.filter(({ id }) => id === 'slow-p95') })
    expect(summary(plan, { calls: slow, pool: full(20) })).toMatch(
      /the pool of 30 must grow to more than 7\d connections/,
    )
    // 30 in use at 60 acquires a second: 25 would do for 50 calls a second.
    expect(summary(plan, { calls: slow, pool: full(60) })).toMatch(/wanted; the pool must grow, or calls must hold/)
    // Another window's miss has nothing to do with it.
    const elsewhere = planned({ objectives: [latency('elsewhere', 1, 'steady.clear')] })
    expect(summary(elsewhere, { calls: slow, pool: full(20) })).toMatch(/is wanted\.$/)
  })
})

describe('inconclusive', () => {
  it('names the first that is open, and counts the rest', () => {
    const { findings, summary: said } = report({ calls: [] })
    const open = findings.filter(({ judged, verdict }) => judged && verdict === 'unknown').length
    expect(said).toMatch(
      new RegExp(`^Inconclusive, which is no permission to launch: .* \\(and ${open - 1} more\\)\\.$`),
    )
  })

  it('one alone is named, and nothing counted', () => {
    const pool = poolOf({ used: () => 12, sample: (row) => (row.tUs > 24_000_000 ? null : row) })
    const plan = planned({ objectives: objectives.filter(({ id }) => id === 'slow-pool') })
    expect(summary(plan, { pool })).toMatch(/^Inconclusive, which is no permission to launch: .*[^)]\.$/)
  })

  it('two are one and one more', () => {
    const pool = poolOf({ used: () => 12, sample: (row) => (row.tUs > 24_000_000 ? null : row) })
    const plan = planned({ objectives: objectives.filter(({ id }) => id === 'slow-pool' || id === 'leaked') })
    expect(summary(plan, { pool })).toMatch(/ \(and 1 more\)\.$/)
  })
})

describe('a launch', () => {
  it('says what could not be assessed', () => {
    const plan = planned({ observe: { ...planned().observe, pool: null } })
    expect(summary(plan)).toMatch(
      / with 50 users at 50 calls\/s: all 9 findings are within their bounds; 2 could not be assessed\.$/,
    )
    expect(summary(planned())).toMatch(/: all 11 findings are within their bounds\.$/)
  })
})
