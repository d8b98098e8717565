import { expect, test } from 'vitest'
import { CallSet } from './call-set.ts'
import { type Delivered, deliveredBy } from './delivered.ts'
import { type CallsShape, callsOf } from './testing/calm-run.ts'
import { readGenerated } from './testing/generated-run.ts'
import { planOf } from './testing/plan-of.ts'

/** 100 calls a second for 3 s. */
function delivered(shape: Partial<CallsShape>): Delivered {
  const calls = callsOf({ users: 100, startMs: 0, endMs: 3_000, latencyMs: () => 200, ...shape })
  const table = readGenerated({ plan: planOf(), calls }).calls?.table
  if (table === undefined) throw new Error('no calls')
  return deliveredBy(
    new CallSet(
      table,
      Uint32Array.from(table.intendedUs, (_, row) => row),
    ),
  )
}

test.each<readonly [string, Partial<CallsShape>, Delivered]>([
  ['all of it', {}, { duePeak: 100, onTimePeak: 100, lateSeconds: 0, seconds: 3 }],
  ['nothing', { endMs: 0 }, { duePeak: 0, onTimePeak: null, lateSeconds: 0, seconds: 0 }],
  [
    'what was due and never sent does not count: its user was not free',
    { outcome: (ms, index) => (ms < 1_000 && index % 2 === 0 ? 'unsent' : 'ok') },
    { duePeak: 100, onTimePeak: 100, lateSeconds: 0, seconds: 3 },
  ],
  [
    'the peak is that of the second with most',
    { outcome: (ms, index) => (ms >= 1_000 && index % 4 === 0 ? 'unsent' : 'ok') },
    { duePeak: 100, onTimePeak: 100, lateSeconds: 0, seconds: 3 },
  ],
  [
    'one of a hundred calls late is on time',
    { lateMs: (_ms, index) => (index === 0 ? 51 : 0) },
    { duePeak: 100, onTimePeak: 100, lateSeconds: 0, seconds: 3 },
  ],
  [
    'two of a hundred are not',
    { lateMs: (_ms, index) => (index < 2 ? 51 : 0) },
    { duePeak: 100, onTimePeak: 100, lateSeconds: 1, seconds: 3 },
  ],
  ['late is over 50 ms', { lateMs: () => 50 }, { duePeak: 100, onTimePeak: 100, lateSeconds: 0, seconds: 3 }],
  ['late all the time', { lateMs: () => 51 }, { duePeak: 100, onTimePeak: null, lateSeconds: 3, seconds: 3 }],
  [
    'what was sent on time in the best second in which it was',
    {
      outcome: (ms, index) => (ms >= 1_000 && index % 4 === 0 ? 'unsent' : 'ok'),
      lateMs: (ms) => (ms < 1_000 ? 60 : 0),
    },
    { duePeak: 100, onTimePeak: 75, lateSeconds: 1, seconds: 3 },
  ],
])('%s', (_why, shape, expected) => {
  expect(delivered(shape)).toEqual(expected)
})
