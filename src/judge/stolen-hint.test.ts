import { expect, test } from 'vitest'
import type { Span } from '../domain/time.ts'
import { RunView } from '../measure/run-view.ts'
import { calmRun } from '../measure/testing/calm-run.ts'
import { readGenerated } from '../measure/testing/generated-run.ts'
import { isOfTime, stolenHint } from './stolen-hint.ts'

const ten: readonly Span[] = [{ startUs: 10_000_000, endUs: 20_000_000 }]

/** In the window from 10 to 20 s, unless told otherwise. */
function hint(stolenUs?: (s: number) => number | null, spans = ten): string | null {
  const run = calmRun({
    pool: [],
    database: [],
    calls: [],
    ...(stolenUs === undefined ? { host: true } : { stolenUs }),
  })
  return stolenHint(new RunView(readGenerated(run)), { spans })
}

/** So much is taken in one quarter of a second, and 10 ms in each second besides. */
const takenAt = (fromS: number, us: number) => (s: number) => 10_000 * s + (s > fromS ? us - 10_000 : 0)

test('the second in which most was taken is told', () => {
  const both = (s: number) => takenAt(12, 350_000)(s) + takenAt(15, 250_000)(s)
  expect(hint(both)).toBe(
    'Whoever runs this machine took 360 ms of its processors for others within 1 s (steal), from 11.3 s on: ' +
      'what was slow then may be that. Run it again where it does not.',
  )
})

test.each([
  ['a tenth of two processors', takenAt(12, 200_000), true],
  ['a little less', takenAt(12, 199_999), false],
  ['a second that ends in the window', takenAt(9.25, 300_000), true],
  ['what was taken up to its end', takenAt(19.75, 300_000), true],
  ['all of it before', takenAt(9, 300_000), false],
  ['all of it after', takenAt(20, 300_000), false],
  ['a kernel that does not tell', () => null, false],
])('%s: told or not', (_, stolenUs, isTold) => {
  expect(hint(stolenUs) !== null).toBe(isTold)
})

test('the first moments of a run count, and each part of a window that has several', () => {
  const first = { startUs: 0, endUs: 1_000_000 }
  expect(hint(takenAt(0, 300_000), [first])).toMatch(/ took 300 ms .* from 0\.0 s on/)
  expect(hint(takenAt(12, 300_000), [first, ...ten])).not.toBeNull()
})

test('a run folder of an earlier version tells nothing', () => {
  expect(hint()).toBeNull()
})

test.each([
  ['tool.latency.p95', true],
  ['tool.service_time.max', true],
  ['tool.good_ratio', true],
  ['pool.used.peak_ratio', true],
  ['pool.leaked', false],
  ['bridge.added_latency.p95', true],
  ['bridge.deaths', false],
  ['load.calls_per_s', true],
  ['load.users.peak', false],
  ['recovery.after_heal', true],
  ['tool.error_ratio', false],
  ['integrity.lost_writes', false],
])('whether time is what %s tells of', (id, expected) => {
  expect(isOfTime({ id })).toBe(expected)
})
