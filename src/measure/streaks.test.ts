import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Measured } from '../domain/verdict.ts'
import { measure } from './measure-spec.ts'
import { measureById } from './registry.ts'
import { RunView } from './run-view.ts'
import { callsOf, calmRun, poolOf } from './testing/calm-run.ts'
import { readGenerated } from './testing/generated-run.ts'

/** Samples are this far apart, the first of them 3 ms after a whole quarter of a second. */
const [everyMs, firstMs] = [250, 3]
/** Of the phase `steady`. */
const window = { startMs: 5_000, endMs: 60_000 }

/** In use, of 10, and whether anybody waits: for random stretches, one after the other. */
const stretches = fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 6, max: 10 }), fc.boolean()), {
  minLength: 1,
  maxLength: 30,
})
type Stretches = readonly (readonly [samples: number, used: number, waits: boolean])[]

interface Sample {
  readonly used: number
  readonly waits: boolean
}

/** What the sample of each quarter of a second says; calm when all stretches are over. */
function samplesOf(all: Stretches): readonly Sample[] {
  return all.flatMap(([count, used, waits]) => new Array<Sample>(count).fill({ used, waits }))
}

function measured(id: string, samples: readonly Sample[]): Measured {
  const at = (ms: number): Sample => samples[ms / everyMs] ?? { used: 0, waits: false }
  const pool = poolOf({ max: 10, used: (ms) => at(ms).used, pending: (ms) => (at(ms).waits ? 2 : 0) })
  const calls = callsOf({ users: 2, startMs: 0, endMs: 60_000, latencyMs: () => 20 })
  const view = new RunView(readGenerated(calmRun({ pool, calls })))
  const [spec, steady] = [measureById(id), view.window('steady')]
  if (spec === null || steady === null) throw new Error(id)
  return measure(view, spec, { window: steady })
}

/** ms of the window, each looked at on its own. */
function msWhere(holds: (before: Sample, after: Sample) => boolean, samples: readonly Sample[]): number {
  const calm: Sample = { used: 0, waits: false }
  let count = 0
  for (let ms = window.startMs; ms < window.endMs; ms++) {
    const before = Math.floor((ms - firstMs) / everyMs)
    if (holds(samples[before] ?? calm, samples[before + 1] ?? calm)) count += 1
  }
  return count
}

const isAbove = ({ used }: Sample): boolean => used / 10 > 0.85

test('time above is what a look at every millisecond finds', () => {
  fc.assert(
    fc.property(stretches, (all) => {
      const samples = samplesOf(all)
      const found = measured('pool.time_above', samples)
      expect(found).toMatchObject({ kind: 'value', value: msWhere(isAbove, samples) })
      expect(found.interval).toEqual({
        low: msWhere((before, after) => isAbove(before) && isAbove(after), samples),
        high: msWhere((before, after) => isAbove(before) || isAbove(after), samples),
      })
    }),
    { numRuns: 20, seed: 5 },
  )
})

test('the longest saturated stretch is what a look at every pair of samples finds', () => {
  fc.assert(
    fc.property(stretches, (all) => {
      const samples = samplesOf(all)
      const atMs = (sample: number): number => sample * everyMs + firstMs
      const inside = samples.map((_, at) => at).filter((at) => atMs(at) >= window.startMs && atMs(at) < window.endMs)
      const isFull = (at: number): boolean => samples[at]?.used === 10 && samples[at].waits
      let [low, high] = [0, everyMs] // one that no sample saw is shorter than the time between two
      for (const from of inside)
        for (const to of inside.filter((at) => at >= from)) {
          if (!inside.filter((at) => at >= from && at <= to).every(isFull)) continue
          low = Math.max(low, atMs(to) - atMs(from))
          high = Math.max(high, Math.min(atMs(to + 1), window.endMs) - Math.max(atMs(from - 1), window.startMs))
        }
      const { interval } = measured('pool.saturated_time.longest', samples)
      expect(interval).toEqual({ low, high })
    }),
    { numRuns: 15, seed: 5 },
  )
})
