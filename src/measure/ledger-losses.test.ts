import { describe, expect, test } from 'vitest'
import { ledgerMeasures, named, notReady } from './ledger-measures.ts'
import { measure } from './measure-spec.ts'
import { RunView } from './run-view.ts'
import { timelineOf } from './testing/calm-run.ts'
import { type LedgerEntry, readGenerated } from './testing/generated-run.ts'
import { type Fate, ledgerOf } from './testing/ledger-of.ts'
import { faultOf, planOf } from './testing/plan-of.ts'

const calm = planOf({ faults: [faultOf({ judgedBy: 'bounded' })] })
const plan = { ...calm, observe: { ...calm.observe, ledger: { via: ['sql'], ratePerS: 1 } } } as const

/** One write a second: too few for a loss to show. */
const sparse = (fateOf: (ms: number) => Fate = () => ({ outcome: 'ok' }), isRead = true) =>
  ledgerOf({ everyMs: 1_000, toMs: 60_000, fateOf, isRead })

function viewOf(ledger: readonly LedgerEntry[], timeline = timelineOf(plan)): RunView {
  return new RunView(readGenerated({ plan, timeline, calls: [], ledger }))
}

function measured(id: string, view: RunView) {
  const [spec, window] = [ledgerMeasures.find((one) => one.id === id), view.window('run')]
  if (spec === undefined || window === null) throw new Error(id)
  return measure(view, spec, { window })
}

const lost = (...atMs: readonly number[]) => sparse((ms) => ({ outcome: 'ok', copies: atMs.includes(ms) ? 0 : 1 }))

describe('where few were written, what is lost for certain', () => {
  test('of one write is that there was one', () => {
    expect(measured('data.rpo', viewOf(lost(30_000)))).toMatchObject({
      value: 1_000,
      interval: { low: 0.001, high: Number.POSITIVE_INFINITY },
    })
  })

  test('of several is what lies between them', () => {
    expect(measured('data.rpo', viewOf(lost(30_000, 32_000)))).toMatchObject({
      value: 3_000,
      interval: { low: 2_000, high: Number.POSITIVE_INFINITY },
    })
  })

  test('where nothing from before survived is at least that', () => {
    const all = sparse(() => ({ outcome: 'ok', copies: 0 }))
    expect(measured('data.rpo', viewOf(all))).toMatchObject({ kind: 'atLeast', value: 59_000 })
  })
})

test('a fault that never came needs no writes before it', () => {
  const never = timelineOf(plan).filter(([, kind]) => kind !== 'injection')
  expect(measured('data.lost_writes', viewOf(sparse(), never))).toMatchObject({ kind: 'value', value: 0 })
  expect(measured('data.lost_writes', viewOf(sparse()))).toMatchObject({ kind: 'none', reason: 'too_few_samples' })
})

test.each([
  [[], /^how$/],
  [['a'], /^how: a$/],
  [['a', 'b'], /^how: the oldest a, the newest b$/],
  [['a', 'b', 'c'], /^how: the oldest a, the newest c$/],
])('of %j those are named that tell when it was', (names, text) => {
  expect(named(names, viewOf(sparse()).ledger, 'how')).toMatchObject({
    value: names.length,
    sampleCount: 60,
    method: expect.stringMatching(text),
  })
})

describe('nothing can be counted', () => {
  const asked = { unit: 'count', how: 'how' } as const

  test('of a ledger that was cut, wherever it was', () => {
    const { folder } = viewOf(sparse())
    if (folder.ledger === null) throw new Error('no ledger')
    const state = { ...folder.ledger.state, cut: 'it was cut' }
    const view = new RunView({ ...folder, ledger: { ...folder.ledger, state } })
    expect(notReady(view, view.ledger, asked)).toMatchObject({ reason: 'stream_cut', sampleCount: 0 })
  })

  test('of what was not read, by the name of how it was written', () => {
    const view = viewOf(sparse(undefined, false))
    const whyOf = (via: 'sql' | 'update') => {
      const found = notReady(
        view,
        view.ledger.map((facts) => ({ ...facts, via })),
        asked,
      )
      return found?.kind === 'none' ? [found.why, found.sampleCount] : null
    }
    expect(whyOf('sql')).toEqual(['what survived of the writes by sql was not read', 0])
    expect(whyOf('update')).toEqual(['what survived of the updates was not read', 0])
  })

  test('but all of it where it was read, or there is none', () => {
    const view = viewOf(sparse())
    expect(notReady(view, view.ledger, asked)).toBeNull()
    const { ledger: _, ...none } = view.folder
    expect(notReady(new RunView({ ...none, ledger: null }), [], asked)).toBeNull()
  })
})
