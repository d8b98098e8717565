import { expect, it } from 'vitest'
import { defaultLimits, type Judged, judgeDifference, minimumEffect } from './comparison-limits.ts'

const clear: Judged = { worseBy: 20, isClear: true, worseP: 0.001, betterP: 1, detectable: 12, minimumEffect: 10 }

it.each<[reason: string, changes: Partial<Judged>, verdict: string]>([
  ['worse, surely, and by enough', {}, 'regression'],
  ['by exactly what counts, as surely as must be', { worseBy: 10, worseP: 0.05 }, 'regression'],
  ['sure, but too little to matter', { worseBy: 9.9 }, 'no_difference_shown'],
  ['large, but it may be chance', { worseP: 0.051 }, 'no_difference_shown'],
  ['large, but its own interval holds 0', { isClear: false }, 'no_difference_shown'],
  ['better, surely, and by enough', { worseBy: -20, worseP: 1, betterP: 0.05 }, 'improvement'],
  ['better by exactly what counts', { worseBy: -10, worseP: 1, betterP: 0.05 }, 'improvement'],
  ['better, but too little', { worseBy: -9.9, worseP: 1, betterP: 0.001 }, 'no_difference_shown'],
  ['better by chance', { worseBy: -20, worseP: 1, betterP: 0.051 }, 'no_difference_shown'],
  ['five times what counts would have been seen', { worseP: 0.4, detectable: 50 }, 'no_difference_shown'],
  ['and no more than that', { worseP: 0.4, detectable: 50.1 }, 'too_little_evidence'],
  ['nothing would have been seen', { worseP: 0.4, detectable: Number.POSITIVE_INFINITY }, 'too_little_evidence'],
])('%s', (_reason, changes, verdict) => {
  expect(judgeDifference({ ...clear, ...changes })).toBe(verdict)
})

it.each([
  ['time', 40, 5],
  ['time', 200, 10],
  ['errors', 0.5, 0.005],
  ['pool', 0.8, 0.05],
  ['count', 12, 1],
  ['count', 60, 3],
  ['rate', 100, 5],
  // A quantile among calls without a good end: no share of it can be told.
  ['time', Number.POSITIVE_INFINITY, 5],
  ['rate', Number.POSITIVE_INFINITY, 0],
] as const)('%s against %d: what counts is %d', (effect, base, least) => {
  expect(minimumEffect(effect, base, defaultLimits(4, 4))).toBeCloseTo(least, 10)
})

it('below four runs a side it takes twice as much, as one run does not show how runs differ', () => {
  expect([defaultLimits(3, 4).relative, defaultLimits(4, 4).relative]).toEqual([0.1, 0.05])
})
