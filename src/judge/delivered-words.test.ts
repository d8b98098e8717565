import { describe, expect, it } from 'vitest'
import type { GeneratedCall } from '../measure/testing/generated-run.ts'
import { calls, findingOf, report } from './testing/judged-run.ts'

const why = (rows: GeneratedCall[]): string => findingOf(report({ calls: rows }), 'load.delivered').why

/** 50 calls/s for half a minute, then 100 calls/s. */
const rising = (lateMs: (ms: number, index: number) => number): GeneratedCall[] => [
  ...calls({ endMs: 30_000, lateMs, latencyMs: () => 200 }),
  ...calls({ startMs: 30_000, users: 100, lateMs, latencyMs: () => 200 }),
]

describe('a generator that was late says what this machine has delivered', () => {
  it.each<[reason: string, rows: GeneratedCall[], words: RegExp]>([
    [
      'too small: late as soon as more is due',
      rising((ms) => (ms >= 30_000 ? 60 : 0)),
      /up to 100 calls\/s were due, the generator was late in 30 of 55 seconds, .* in a second is 50 calls\/s: fewer users/,
    ],
    [
      'held up for two seconds, on time with as much before and after',
      rising((ms) => (ms >= 40_000 && ms < 42_000 ? 60 : 0)),
      /late in 2 of 55 seconds, .* in a second is 100 calls\/s: it can deliver them, and was held up/,
    ],
    ['never on time', rising(() => 60), /in no second this machine delivered them on time/],
    [
      'slots that the system kept from being sent are not due',
      rising((ms) => (ms >= 30_000 ? 60 : 0)).map((call, index) =>
        index % 2 === 0
          ? call
          : { ...call, outcome: 'unsent', startedUs: null, endedUs: null, readyUs: call.intendedUs + 1 },
      ),
      /up to 50 calls\/s were due, .* in a second is 25 calls\/s/,
    ],
  ])('%s', (_reason, rows, words) => {
    expect(why(rows)).toMatch(words)
  })

  it('says nothing of it when it was on time', () => {
    expect(why(rising(() => 50))).toBe('The load was delivered: the generator was late by itself in 0 of 4250 calls.')
  })
})
