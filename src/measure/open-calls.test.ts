import { expect, test } from 'vitest'
import type { Outcome } from '../domain/outcome.ts'
import { openCalls } from './open-calls.ts'
import { readGenerated } from './testing/generated-run.ts'
import { planOf } from './testing/plan-of.ts'

const s = 1_000_000
const call = (fromS: number, toS: number | null, outcome: Outcome) => ({
  ...{ user: 0, tool: 0, intendedUs: fromS * s, readyUs: fromS * s, error: null, outcome },
  startedUs: outcome === 'unsent' ? null : fromS * s,
  endedUs: toS === null ? null : toS * s,
})

/** So many were open at each of these seconds. */
function openAt(calls: readonly ReturnType<typeof call>[], ...timesS: readonly number[]): readonly string[] {
  const open = openCalls(readGenerated({ plan: planOf(), calls }).calls?.table ?? null)
  return timesS.map((at) => {
    const { atLeast, atMost } = open(at * s)
    return `${atLeast} to ${atMost}`
  })
}

test.each([
  ['from its start to its end', [call(2, 4, 'ok')], ['0 to 0', '1 to 1', '1 to 1', '0 to 0']],
  ['an error is an answer', [call(2, 4, 'tool_error')], ['0 to 0', '1 to 1', '1 to 1', '0 to 0']],
  ['two at once', [call(2, 4, 'ok'), call(1, 5, 'ok')], ['1 to 1', '2 to 2', '2 to 2', '1 to 1']],
  [
    'one that was given up may be worked on for ever',
    [call(2, 4, 'timeout')],
    ['0 to 0', '1 to 1', '1 to 1', '0 to 1'],
  ],
  [
    'nor one that was never sent and is said to have ended',
    [
      { ...call(2, 4, 'unsent'), readyUs: 3 * s },
      { ...call(2, 4, 'timeout'), startedUs: null },
    ],
    ['0 to 0', '0 to 0', '0 to 0', '0 to 0'],
  ],
  ['one that was never sent is none', [call(2, null, 'unsent')], ['0 to 0', '0 to 0', '0 to 0', '0 to 0']],
])('calls that are open: %s', (_why, calls, expected) => {
  expect(openAt(calls, 1, 2, 3, 4)).toEqual(expected)
})

test('without a table nothing bounds how many', () => {
  expect(openCalls(null)(1)).toEqual({ atLeast: 0, atMost: Number.POSITIVE_INFINITY })
})
