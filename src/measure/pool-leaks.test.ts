import { describe, expect, test } from 'vitest'
import type { Measured } from '../domain/verdict.ts'
import { measure } from './measure-spec.ts'
import { measureById } from './registry.ts'
import { RunView } from './run-view.ts'
import { callsOf, calmRun, poolOf, timelineOf } from './testing/calm-run.ts'
import { type GeneratedPoolRow, readGenerated, type TimelineEntry } from './testing/generated-run.ts'
import { planOf } from './testing/plan-of.ts'

const plan = planOf()
const ready: TimelineEntry = [-600_000, 'load', 'k6-1', { edge: 'ready', users: 50 }]

/** Users are ready 600 ms before t0; samples are from 2 s before it on. */
function leaked(used: (ms: number) => number, changes: LeakShape = {}): Measured {
  const { more = [ready], cut = 0, sample = (row: GeneratedPoolRow) => row } = changes
  const calls = callsOf({
    ...{ users: 50, startMs: 0, endMs: 60_000, latencyMs: () => 20 },
    outcome: (_ms, index) => (index >= 3_000 - cut ? 'unknown' : 'ok'),
  })
  const pool = poolOf({ used, sample })
  const view = new RunView(readGenerated(calmRun({ plan, timeline: timelineOf(plan, more), pool, calls })))
  const [spec, window] = [measureById('pool.leaked'), view.window('run')]
  if (spec === null || window === null) throw new Error('no measure, or no run')
  return measure(view, spec, { window })
}

interface LeakShape {
  readonly more?: readonly TimelineEntry[]
  /** How many of the last calls were cut. */
  readonly cut?: number
  readonly sample?: (row: GeneratedPoolRow) => GeneratedPoolRow | null
}

/** In use before the load, during it, and after it. */
const uses = (before: number, load: number, after: number) => (ms: number) =>
  ms < 0 ? before : ms < 60_000 ? load : after

describe('what was in use before the load', () => {
  test.each([
    ['is no leak: a connection that listens', uses(1, 12, 1), 0],
    ['is not part of a leak', uses(1, 12, 4), 3],
    ['and is not any more is no leak, nor less than none', uses(5, 12, 2), 0],
    ['though it was given back during the load', uses(1, 0, 1), 0],
    ['counts by its lowest sample', (ms: number) => (ms < -1_900 ? 5 : uses(1, 12, 4)(ms)), 3],
  ])('%s', (_what, used, value) => {
    expect(leaked(used)).toMatchObject({ kind: 'value', value, interval: { low: value, high: value } })
  })

  test('is told in the method', () => {
    expect(leaked(uses(2, 12, 2)).method).toContain('less 2 in use before it')
    expect(leaked(uses(1, 12, 2)).method).toContain('less 1 in use before it')
    expect(leaked(uses(0, 12, 2)).method).not.toContain('in use before it')
  })

  test('is told by samples before the load, the last of them just before it', () => {
    // Samples come 3 ms after each quarter second: one at the very start of the load is none from before it.
    const at = (shiftUs: number) => (row: GeneratedPoolRow) => ({ ...row, tUs: row.tUs + shiftUs })
    const lower = (ms: number) => (ms === 0 ? 0 : uses(2, 12, 3)(ms))
    expect(leaked(lower, { sample: at(-3_000) })).toMatchObject({ value: 1 })
    expect(leaked(lower, { sample: at(-3_001) })).toMatchObject({ value: 3 })
  })

  test('is not known where the first sample came as the users did', () => {
    const from = (fromUs: number) => (row: GeneratedPoolRow) => (row.tUs < fromUs ? null : row)
    const came = (tUs: number): TimelineEntry[] => [[tUs, 'load', 'k6-1', { edge: 'ready', users: 50 }]]
    const sample = from(-747_000)
    expect(leaked(uses(3, 12, 3), { sample, more: came(-747_000) })).toMatchObject({ value: 3 })
    expect(leaked(uses(3, 12, 3), { sample, more: came(-746_999) })).toMatchObject({ value: 0 })
  })

  test('is not known where nobody looked before the users came, whose sessions may have leaked', () => {
    const sample = (row: GeneratedPoolRow) => (row.tUs < -600_000 ? null : row)
    expect(leaked(uses(3, 12, 3), { sample })).toMatchObject({ value: 3 })
    expect(leaked(uses(3, 12, 3), { more: [] })).toMatchObject({ value: 3 })
  })
})

describe('the rest after the load', () => {
  test('without a sample is unknown, of none', () => {
    const sample = (row: GeneratedPoolRow) => (row.tUs < 60_100_000 ? row : { ...row, used: null })
    expect(leaked(uses(0, 12, 0), { sample })).toMatchObject({ kind: 'none', reason: 'no_samples', sampleCount: 0 })
  })

  test('is told by its last sample, whatever came after it or failed within it', () => {
    const at = (fromUs: number, change: Partial<GeneratedPoolRow>) => (row: GeneratedPoolRow) => ({
      ...row,
      ...(row.tUs >= fromUs ? change : {}),
    })
    expect(leaked(uses(0, 12, 3), { sample: at(62_100_000, { used: null }) })).toMatchObject({ value: 3 })
    expect(leaked(uses(0, 12, 3), { sample: at(62_000_000, { error: 'HTTP 503' }) })).toMatchObject({ value: 3 })
    expect(leaked(uses(0, 12, 3), { sample: at(62_000_000, { used: null }) })).toMatchObject({
      kind: 'none',
      sampleCount: 0,
    })
  })

  test('of one connection is a leak of one', () => {
    expect(leaked(uses(0, 12, 1), { cut: 2 })).toMatchObject({ value: 1, interval: { low: 0, high: 1 } })
  })
})

describe('calls that were cut at the end of the load', () => {
  test('may hold what is still in use', () => {
    const measured = leaked(uses(0, 12, 3), { cut: 1 })
    expect(measured).toMatchObject({ kind: 'value', value: 3, interval: { low: 0, high: 3 } })
    expect(measured.method).toContain('may still hold some: 1')
  })

  test('are none in a run without calls', () => {
    const { calls: _, ...rest } = calmRun({ plan, pool: poolOf({ used: uses(0, 12, 3) }) })
    const view = new RunView(readGenerated(rest))
    const [spec, window] = [measureById('pool.leaked'), view.window('run')]
    if (spec === null || window === null) throw new Error('no measure, or no run')
    expect(measure(view, spec, { window })).toMatchObject({ value: 3, interval: { low: 3, high: 3 } })
  })

  test('hold nothing where nothing is in use', () => {
    expect(leaked(uses(0, 12, 0), { cut: 1 })).toMatchObject({ value: 0, interval: { low: 0, high: 0 } })
  })
})
