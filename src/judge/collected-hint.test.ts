import { expect, test } from 'vitest'
import type { Span } from '../domain/time.ts'
import { RunView } from '../measure/run-view.ts'
import { calmRun } from '../measure/testing/calm-run.ts'
import { readGenerated } from '../measure/testing/generated-run.ts'
import { collectedHint } from './collected-hint.ts'

const ten: readonly Span[] = [{ startUs: 10_000_000, endUs: 20_000_000 }]

/** `collections`: when each began and how long it took, in µs. */
function hint(collections: readonly (readonly [fromUs: number, us: unknown])[], spans = ten, edge = 'collected') {
  const run = calmRun({ pool: [], database: [], calls: [] })
  const timeline = [
    ...(run.timeline ?? []),
    ...collections.map(([fromUs, us]) => [fromUs, 'load', 'k6-1', { edge, us }] as const),
  ]
  return collectedHint(new RunView(readGenerated({ ...run, timeline })), { spans })
}

test('the collection is told, with when and how long', () => {
  expect(hint([[12_340_000, 640_000]])).toBe(
    'The load generator took a processor of this machine for 640 ms to collect its garbage, from 12.3 s on: what was slow ' +
      'then may be that. It collects less often where more memory is free.',
  )
})

test('of several the longest', () => {
  const some = [
    [9_000_000, 900_000],
    [12_000_000, 500_000],
    [15_000_000, 700_000],
    [16_000_000, 600_000],
  ] as const
  expect(hint(some.slice(1))).toContain('for 700 ms to collect its garbage, from 15.0 s on (the longest of 3)')
  expect(hint(some)).toContain('for 900 ms to collect its garbage, from 9.0 s on (the longest of 4)')
})

test.each([
  ['one that ends just in time to be felt', 8_500_000, true],
  ['one that is long over', 8_499_999, false],
  ['one that begins at the last moment', 19_999_999, true],
  ['one that begins with what comes after', 20_000_000, false],
])('%s: told or not', (_, fromUs, isTold) => {
  expect(hint([[fromUs, 500_001]]) !== null).toBe(isTold)
})

test('in each part of a window that has several', () => {
  expect(hint([[12_000_000, 1]], [{ startUs: 0, endUs: 1_000_000 }, ...ten])).not.toBeNull()
})

test('whatever else is told of the load is no collection', () => {
  expect(hint([[12_000_000, 640_000]], ten, 'ready')).toBeNull()
  expect(hint([[12_000_000, 'long']])).toBeNull()
  expect(hint([])).toBeNull()
})
