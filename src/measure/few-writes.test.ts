import { describe, expect, test } from 'vitest'
import type { Measured } from '../domain/verdict.ts'
import { judgeBound } from '../judge/compare.ts'
import { measure } from './measure-spec.ts'
import { measureById } from './registry.ts'
import { RunView } from './run-view.ts'
import { calmRun, timelineOf } from './testing/calm-run.ts'
import { readGenerated } from './testing/generated-run.ts'
import { type Fate, ledgerOf } from './testing/ledger-of.ts'
import { faultOf, planOf } from './testing/plan-of.ts'

const gone = faultOf({ id: 'gone', fault: 'kill', on: 'primary', judgedBy: 'bounded', recoveryMs: 0 })
const during = faultOf({ id: 'cut', fault: 'down', judgedBy: 'bounded', startMs: 25_000, forMs: 3_000, recoveryMs: 0 })

/** Writes at 15/s, of which fewer than 20 are acknowledged in the second before a fault. */
function measured(
  id: string,
  fateOf: (ms: number) => Fate,
  shape: { everyMs?: number; faults?: (typeof gone)[] } = {},
): Measured {
  const { everyMs = 1_000 / 15, faults = [gone] } = shape
  const calm = planOf({ faults })
  const plan = { ...calm, observe: { ...calm.observe, ledger: { via: ['sql'], ratePerS: 15 } } } as const
  const ledger = ledgerOf({ everyMs, toMs: 60_000, fateOf })
  const view = new RunView(readGenerated(calmRun({ plan, timeline: timelineOf(plan), ledger })))
  const [spec, window] = [measureById(id), view.window('run')]
  if (spec === null || window === null) throw new Error(id)
  return measure(view, spec, { window })
}

const lostBetween =
  (fromMs: number, toMs: number) =>
  (ms: number): Fate => ({ outcome: 'ok', copies: ms >= fromMs && ms < toMs ? 0 : 1 })
const ofCount = (max: number) => ({ max, unit: 'count' }) as const
const ofMs = (max: number) => ({ max, unit: 'ms' }) as const

describe('where too few writes came before a fault for a loss to show', () => {
  const lost = measured('data.lost_writes', lostBetween(18_990, 20_000))

  test('what is lost is lost, and there may be more', () => {
    expect(lost).toMatchObject({ kind: 'value', value: 15, interval: { low: 15, high: Number.POSITIVE_INFINITY } })
    expect(lost.method).toContain('15 writes by sql were acknowledged in the second before gone: under 20')
    expect(lost.method).toContain('the oldest s285')
  })

  test('a bound below it is missed; one that it reaches, or is above it, is not known to be kept', () => {
    expect(judgeBound(lost, ofCount(0)).verdict).toBe('fail')
    expect(judgeBound(lost, ofCount(14)).verdict).toBe('fail')
    expect(judgeBound(lost, ofCount(15)).verdict).toBe('unknown')
    expect(judgeBound(lost, ofCount(100)).verdict).toBe('unknown')
  })

  test('no loss is still none that can be told', () => {
    const none = measured('data.lost_writes', lostBetween(0, 0))
    expect(none).toMatchObject({ kind: 'none', reason: 'too_few_samples' })
  })

  test('the recovery point is at least from the first loss to the last', () => {
    const point = measured('data.rpo', lostBetween(18_990, 20_000))
    // Kept at 18.933 s, lost from 19.0 s to 19.933 s.
    expect(Number(point.value)).toBeCloseTo(1_000, -1)
    expect(point.interval?.low).toBeCloseTo(933, -1)
    expect(judgeBound(point, ofMs(900)).verdict).toBe('fail')
    expect(judgeBound(point, ofMs(950)).verdict).toBe('unknown')
    expect(judgeBound(point, ofMs(2_000)).verdict).toBe('unknown')
  })

  test('a single lost write, long after the one before it, is some loss of unknown length', () => {
    // One write each 5 s: that of 10 s is there, that of 15 s is lost.
    const point = measured('data.rpo', (ms) => ({ outcome: 'ok', tookMs: 1, copies: ms === 15_000 ? 0 : 1 }), {
      everyMs: 5_000,
    })
    expect(judgeBound(point, ofMs(4_000)).verdict).toBe('unknown')
    expect(judgeBound(point, ofMs(0)).verdict).toBe('fail')
  })
})

test('a second fault while the first lasts hides no loss that was counted', () => {
  const fateOf = (ms: number): Fate =>
    ms >= 20_000 && ms < 30_000 ? { outcome: 'failed' } : lostBetween(18_990, 20_000)(ms)
  const lost = measured('data.lost_writes', fateOf, { everyMs: 5, faults: [gone, during] })
  expect(lost).toMatchObject({ kind: 'value', value: 202 })
  expect(judgeBound(lost, ofCount(0)).verdict).toBe('fail')
})
