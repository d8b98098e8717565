import { expect, test } from 'vitest'
import { RunView } from '../measure/run-view.ts'
import { calmRun } from '../measure/testing/calm-run.ts'
import { readGenerated } from '../measure/testing/generated-run.ts'
import { isOfTime, stolenHint } from './stolen-hint.ts'

/** In the window from 10 to 20 s. */
function hint(stolenUs?: (s: number) => number | null): string | null {
  const run = calmRun({
    pool: [],
    database: [],
    calls: [],
    ...(stolenUs === undefined ? { host: true } : { stolenUs }),
  })
  return stolenHint(new RunView(readGenerated(run)), { spans: [{ startUs: 10_000_000, endUs: 20_000_000 }] })
}

/** So much is taken in one second, and a little in each. */
const takenAt = (second: number, us: number) => (s: number) => 10_000 * s + (s > second ? us - 10_000 : 0)

test('the second in which most was taken is told', () => {
  const both = (s: number) => takenAt(12, 350_000)(s) + takenAt(15, 250_000)(s)
  expect(hint(both)).toBe(
    'Whoever runs this machine took 360 ms of its processors for others within 1 s (steal), from 12.0 s on: ' +
      'what was slow then may be that. Run it again where it does not.',
  )
})

test.each([
  ['a fifth of a processor', takenAt(12, 200_000), true],
  ['a little less', takenAt(12, 199_999), false],
  ['just at the beginning', takenAt(10, 300_000), true],
  ['just at the end', takenAt(19, 300_000), true],
  ['in the second before', takenAt(9, 300_000), false],
  ['in the second after', takenAt(20, 300_000), false],
  ['a kernel that does not tell', () => null, false],
])('%s is taken: told or not', (_, stolenUs, isTold) => {
  expect(hint(stolenUs) !== null).toBe(isTold)
})

test('a run folder of an earlier version tells nothing', () => {
  expect(hint()).toBeNull()
})

test.each([
  ['tool.latency.p95', true],
  ['tool.service_time.max', true],
  ['tool.good_ratio', true],
  ['pool.used.peak_ratio', true],
  ['recovery.after_heal', true],
  ['tool.error_ratio', false],
  ['integrity.lost_writes', false],
])('whether time is what %s tells of', (id, expected) => {
  expect(isOfTime({ id })).toBe(expected)
})
