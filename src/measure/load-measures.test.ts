import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Measured } from '../domain/verdict.ts'
import { readRunFolder } from '../record/reader.ts'
import { loadMeasures } from './load-measures.ts'
import { measure } from './measure-spec.ts'
import { RunView } from './run-view.ts'
import { callsOf, calmRun, timelineOf } from './testing/calm-run.ts'
import { type GeneratedCall, type GeneratedRun, readGenerated, withFolder, writeRun } from './testing/generated-run.ts'
import { faultOf, planOf } from './testing/plan-of.ts'

const s = 1_000_000

/** In the steady phase, from 5 s to 60 s. */
function measured(id: string, calls: readonly GeneratedCall[], changes: Partial<GeneratedRun> = {}): Measured {
  const view = new RunView(readGenerated(calmRun({ calls, ...changes })))
  const [spec, window] = [loadMeasures.find((one) => one.id === id), view.window('steady')]
  if (spec === undefined || window === null) throw new Error(id)
  return measure(view, spec, { window })
}

/** A slot of a user, sent at once unless it says otherwise. */
function slot(user: number, intendedS: number, changes: Partial<GeneratedCall> = {}): GeneratedCall {
  const at = Math.round(intendedS * s)
  const usual = { tool: 0, intendedUs: at, readyUs: at, startedUs: at, endedUs: at + 1_000, outcome: 'ok' } as const
  return { user, error: null, ...usual, ...changes }
}

describe('the most users at one time', () => {
  test.each<readonly [string, readonly GeneratedCall[], number, number]>([
    ['one, with a single slot', [slot(1, 20)], 1, 1],
    ['two at the very same moment', [slot(1, 10), slot(1, 20), slot(2, 20), slot(2, 30)], 2, 2],
    ['one after the other', [slot(1, 10), slot(1, 20), slot(2, 20.000_001), slot(2, 30)], 1, 2],
    ['one who was there before and after', [slot(1, 2), slot(1, 60.5), slot(2, 20)], 2, 2],
    ['one whose last slot is at the start', [slot(1, 2), slot(1, 5), slot(2, 5)], 2, 2],
    ['none in the window, of one in all', [slot(1, 2)], 0, 1],
    ['two after one had gone', [slot(1, 10), slot(1, 11), slot(2, 12), slot(2, 20), slot(3, 13), slot(3, 20)], 2, 3],
    ['one who was gone by then', [slot(1, 2), slot(1, 4.999_999), slot(2, 5)], 1, 2],
    ['one who came at the end does not count', [slot(1, 20), slot(2, 60), slot(3, 59.999_999)], 1, 3],
    [
      'three who overlap but once',
      [slot(1, 10), slot(1, 20), slot(2, 15), slot(2, 25), slot(3, 18), slot(3, 19)],
      3,
      3,
    ],
    ['whose slots are told out of order', [slot(1, 30), slot(1, 10), slot(1, 20), slot(2, 12), slot(2, 11)], 2, 2],
  ])('%s', (_why, calls, value, sampleCount) => {
    expect(measured('load.users.peak', calls)).toMatchObject({ kind: 'value', value, sampleCount })
  })

  test('no slot is no user', () => {
    expect(measured('load.users.peak', [])).toMatchObject({ kind: 'none', reason: 'no_samples', sampleCount: 0 })
  })

  test('calls that were cut before each user had another slot cannot tell who was still there', () => {
    // The next slot comes within 1.5 times the pace of 1.3 s: until 61.95 s.
    const base = planOf()
    const plan = planOf({ load: { ...base.load, paceMs: 1_300 } })
    const lastBeatAt = (second: number): string =>
      withFolder((folder) => {
        writeRun(folder, calmRun({ plan, calls: [slot(1, 20), slot(1, 66)] }))
        const path = join(folder, 'calls/k6-1.ndjson')
        const text = readFileSync(path, 'utf8')
        writeFileSync(path, text.slice(0, text.indexOf(`{"beat":[${second + 1}000000`)))
        const view = new RunView(readRunFolder(folder))
        const [spec, window] = [loadMeasures.find(({ id }) => id === 'load.users.peak'), view.window('steady')]
        if (spec === undefined || window === null) throw new Error('no measure')
        const found = measure(view, spec, { window })
        return found.kind === 'none' ? found.reason : found.kind
      })
    expect([lastBeatAt(61), lastBeatAt(62)]).toEqual(['stream_cut', 'value'])
  })
})

test('the last moment for which calls have to be whole is told to the µs', () => {
  const base = planOf()
  const plan = planOf({ load: { ...base.load, paceMs: 1_300 } })
  const folder = readGenerated(calmRun({ plan, calls: [slot(1, 20)] }))
  const { calls } = folder
  if (calls === null) throw new Error('no calls')
  const wholeUntil = (wholeUntilUs: number) => {
    const states = calls.states.map((state) => ({ ...state, cut: 'it was cut', wholeUntilUs }))
    const view = new RunView({ ...folder, calls: { ...calls, states } })
    const [spec, window] = [loadMeasures.find(({ id }) => id === 'load.users.peak'), view.window('steady')]
    if (spec === undefined || window === null) throw new Error('no measure')
    return measure(view, spec, { window })
  }
  expect(wholeUntil(61_950_000)).toMatchObject({ kind: 'value', value: 1 })
  expect(wholeUntil(61_949_999)).toMatchObject({ kind: 'none', reason: 'stream_cut', sampleCount: 0 })
})

describe('calls a second', () => {
  /** 55 s long. */
  const rate = (calls: readonly GeneratedCall[]) => measured('load.calls_per_s', calls)

  test('are those that began in the window, whenever they were due', () => {
    const calls = [
      slot(1, 5),
      slot(2, 4.999_999),
      slot(3, 4, { startedUs: 5 * s, endedUs: 6 * s }),
      slot(4, 59.9, { startedUs: 60 * s, endedUs: 61 * s }),
      slot(5, 59.9, { startedUs: 60 * s - 1, endedUs: 61 * s }),
    ]
    expect(rate(calls)).toMatchObject({ kind: 'value', value: 3 / 55, sampleCount: 3 })
  })

  test('are none where nothing was sent, and where our own script failed', () => {
    const unsent = slot(1, 20, { outcome: 'unsent', startedUs: null, endedUs: null })
    expect(rate([unsent])).toMatchObject({ kind: 'value', value: 0, sampleCount: 0 })
    expect(rate([unsent, slot(2, 21, { outcome: 'generator_error' })])).toMatchObject({ value: 0, sampleCount: 0 })
  })

  test('begin at most two timeouts after they were due', () => {
    const base = planOf()
    const plan = planOf({ load: { ...base.load, callTimeoutMs: 1_000 } })
    const late = (dueS: number) => slot(1, dueS, { startedUs: 20 * s, endedUs: 21 * s })
    const sentOf = (dueS: number) => {
      const { sampleCount } = measured('load.calls_per_s', [slot(2, 30), late(dueS)], { plan })
      return sampleCount
    }
    expect([sentOf(19), sentOf(4)]).toEqual([2, 2])
    const before = slot(1, 2.5, { startedUs: 5 * s, endedUs: 6 * s })
    // Seconds are looked at as a whole: the one that is 2 s before the start is looked at, the one before is not.
    expect(measured('load.calls_per_s', [slot(2, 30), before], { plan }).sampleCount).toBe(1)
    expect(measured('load.calls_per_s', [slot(2, 30), { ...before, intendedUs: 3 * s }], { plan }).sampleCount).toBe(2)
  })

  test('of a fault that begins when the load is over are unknown, though calls were under way', () => {
    const plan = planOf({ faults: [faultOf({ startMs: 60_000, forMs: 3_000, recoveryMs: 0 })] })
    const calls = [slot(1, 20), slot(1, 59, { endedUs: 61 * s })]
    const view = new RunView(readGenerated(calmRun({ plan, timeline: timelineOf(plan), calls })))
    const [spec, window] = [loadMeasures.find((one) => one.id === 'load.calls_per_s'), view.window('slow')]
    if (spec === undefined || window === null) throw new Error('no measure')
    expect(view.calls(window).intended).toBe(1)
    expect(measure(view, spec, { window })).toMatchObject({
      kind: 'none',
      why: 'the plan has no load then',
      sampleCount: 0,
    })
  })

  test('of a window without a slot are unknown', () => {
    expect(rate([slot(1, 2)])).toMatchObject({ kind: 'none', reason: 'no_samples', sampleCount: 0 })
  })
})

test('slots that were never sent are counted, of all', () => {
  const calls = callsOf({
    users: 10,
    startMs: 5_000,
    endMs: 60_000,
    latencyMs: () => 1,
    outcome: (_ms, index) => (index % 11 === 0 ? 'unsent' : 'ok'),
  })
  expect(measured('load.unsent', calls)).toMatchObject({ value: 50, sampleCount: 550 })
  expect(measured('load.unsent', [slot(1, 20)])).toMatchObject({ value: 0, sampleCount: 1 })
  expect(measured('load.unsent', [])).toMatchObject({ kind: 'none', reason: 'no_samples', sampleCount: 0 })
})
