import { expect, it } from 'vitest'
import { RunView } from '../measure/run-view.ts'
import { calmRun } from '../measure/testing/calm-run.ts'
import { type GeneratedCall, readGenerated } from '../measure/testing/generated-run.ts'
import { unsentHint } from './unsent-hint.ts'

/** A call of `tool` that takes so long, and as many that its user could not send meanwhile. */
function heldUp(user: number, tool: number, atS: number, unsent: number): GeneratedCall[] {
  const intendedUs = atS * 1_000_000
  const endedUs = intendedUs + 9_000_000
  const call = { user, tool, error: null, readyUs: intendedUs, intendedUs }
  return [
    { ...call, startedUs: intendedUs, endedUs, outcome: 'ok' },
    ...Array.from(
      { length: unsent },
      (_, turn): GeneratedCall => ({
        ...{ user, tool: 0, error: null, startedUs: null, endedUs: null, outcome: 'unsent' },
        ...{ intendedUs: intendedUs + (turn + 1) * 1_000_000, readyUs: endedUs },
      }),
    ),
  ]
}

function hintOf(calls: readonly GeneratedCall[]): string {
  const sorted = calls.toSorted((a, b) => a.intendedUs - b.intendedUs)
  const view = new RunView(readGenerated(calmRun({ calls: sorted, pool: [], database: [] })))
  const window = view.window('steady')
  if (window === null) throw new Error('no window')
  return unsentHint(view.calls(window), 5, 6)
}

const [first, second] = readGenerated(calmRun({})).calls?.table.tools ?? []

it('names the tool whose calls kept most of them waiting, not the tool that was due', () => {
  // Three that waited for the second tool, two for the first; a third user had the first tool and kept nobody.
  const calls = [...heldUp(0, 1, 10, 3), ...heldUp(1, 0, 12, 2), ...heldUp(2, 0, 14, 0)]
  expect(hintOf(calls)).toBe(
    `Most failures (5 of 6) were never sent: their users still waited for the answer to an earlier call, most often of ${second}.`,
  )
  expect(hintOf([...heldUp(0, 1, 10, 2), ...heldUp(1, 0, 12, 3)])).toContain(`most often of ${first}.`)
})

it('counts what waited, not the calls that were waited for; of as many the tool that the run names first', () => {
  const twice = [...heldUp(0, 0, 10, 1), ...heldUp(1, 0, 12, 1)]
  expect(hintOf([...twice, ...heldUp(2, 1, 14, 3)])).toContain(`most often of ${second}.`)
  expect(hintOf([...heldUp(2, 1, 10, 2), ...heldUp(0, 0, 14, 2)])).toContain(`most often of ${first}.`)
})

it('names none where the call that held them is not recorded', () => {
  const [, ...unsent] = heldUp(0, 1, 10, 3)
  expect(hintOf(unsent)).toBe(
    'Most failures (5 of 6) were never sent: their users still waited for the answer to an earlier call.',
  )
})
