import { expect, it } from 'vitest'
import { measureById } from '../measure/registry.ts'
import { RunView } from '../measure/run-view.ts'
import { calmRun } from '../measure/testing/calm-run.ts'
import { type GeneratedCall, readGenerated } from '../measure/testing/generated-run.ts'
import { waitingHint } from './waiting-hint.ts'

interface Shape {
  /** How long its user was still busy when a call was due: the `turn`-th, from 0, of the eight of a second. */
  readonly waitMs: (second: number, turn: number) => number
  readonly workMs: number
  readonly isSent?: boolean
}

/** Eight calls a second of eight users; of the minute 440 are judged. */
function callsOf({ waitMs, workMs, isSent = true }: Shape): GeneratedCall[] {
  return Array.from({ length: 60 * 8 }, (_, at): GeneratedCall => {
    const intendedUs = at * 125_000
    const readyUs = intendedUs + waitMs(Math.floor(at / 8), at % 8) * 1_000
    const times = isSent
      ? { startedUs: readyUs, endedUs: readyUs + workMs * 1_000, outcome: 'ok' as const }
      : { startedUs: null, endedUs: null, outcome: 'unsent' as const }
    return { user: at % 8, tool: 0, intendedUs, readyUs, ...times, error: null }
  })
}

/** What somebody is told whose median is too long. */
function hintOf(shape: Shape, measure = 'tool.latency.p50'): string | null {
  const view = new RunView(readGenerated(calmRun({ calls: callsOf(shape), pool: [], database: [] })))
  const [window, spec] = [view.window('steady'), measureById(measure)]
  if (window === null || spec === null) throw new Error(measure)
  return waitingHint(view, spec, window, null)
}

const told = (count: number, longest: string, atS: number) =>
  new RegExp(
    `^${count} of 440 calls waited .* up to ${longest}, most of them at ${atS} s\\. .*service time \\(p50 10 ms\\)`,
  )

it.each<[reason: string, shape: Shape, words: RegExp]>([
  [
    'how many waited, the longest, and the second with most of them, which is not the first',
    { waitMs: (s, turn) => (s === 33 ? 30 : turn < 2 ? 10 : s === 20 && turn === 2 ? 45 : 30), workMs: 10 },
    told(332, '45 ms', 33),
  ],
  ['of seconds with as many the first', { waitMs: () => 30, workMs: 10 }, told(440, '30 ms', 5)],
  [
    'a single one, where as much as half of the median is work',
    { waitMs: (s, turn) => (s === 40 && turn === 7 ? 30 : 10), workMs: 10 },
    told(1, '30 ms', 40),
  ],
  [
    'whoever waited for more than the moment in which a user is free again',
    { waitMs: (_, turn) => (turn === 0 ? 11 : 10), workMs: 10 },
    told(55, '11 ms', 5),
  ],
])('tells %s', (_reason, shape, words) => {
  expect(hintOf(shape)).toMatch(words)
})

it.each<[reason: string, shape: Shape, measure?: string]>([
  ['nobody waited for more than the moment in which a user is free again', { waitMs: () => 10, workMs: 10 }],
  ['more than half of it is work', { waitMs: () => 30, workMs: 31 }],
  ['nothing was sent, so that service time has nothing to show', { waitMs: () => 30, workMs: 10, isSent: false }],
  ['it is service time that is asked for', { waitMs: () => 30, workMs: 10 }, 'tool.service_time.p50'],
])('says nothing where %s', (_reason, shape, measure) => {
  expect(hintOf(shape, measure)).toBeNull()
})
