import { describe, expect, test } from 'vitest'
import type { InjectionRecord } from '../domain/verdict.ts'
import { injectionStartUs, readInjections } from './injections.ts'
import { readGenerated, type TimelineEntry } from './testing/generated-run.ts'
import { faultOf, planOf } from './testing/plan-of.ts'

/** Planned from 20 s to 30 s; it was asked for at 22 s. */
function recordOf(rows: readonly TimelineEntry[], fault = faultOf()): InjectionRecord {
  const [record] = readInjections(readGenerated({ plan: planOf({ faults: [fault] }), timeline: rows }))
  if (record === undefined) throw new Error('no record')
  return record
}
const edge = (atS: number, name: string, data: Record<string, unknown> = {}): TimelineEntry => [
  atS * 1_000_000,
  'injection',
  'slow',
  { edge: name, ...data },
]

describe('what became of a planned fault', () => {
  test('is told by its edges, the first of each', () => {
    const edges = ['requested', 'applied', 'observed', 'stopped', 'healed', 'healVerified']
    const rows = edges.flatMap((name, at) => [edge(22 + at, name), edge(42 + at, name)]).sort((a, b) => a[0] - b[0])
    expect(recordOf(rows)).toMatchObject({
      ...{ requestedUs: 22e6, appliedUs: 23e6, observedUs: 24e6, stoppedUs: 25e6, healedUs: 26e6 },
      ...{ healVerifiedUs: 27e6, settledUs: null, plannedStartUs: 20e6, plannedEndUs: 30e6, notes: [] },
    })
  })

  test('is no other fault’s, and no other kind of row’s', () => {
    const others: TimelineEntry[] = [
      [21e6, 'injection', 'other', { edge: 'requested' }],
      [21e6, 'supervisor', 'slow', { edge: 'requested' }],
    ]
    expect(recordOf(others).requestedUs).toBeNull()
  })

  test('of one that waits for something is planned from when that came', () => {
    const waits = faultOf({ after: { condition: { kind: 'calls', count: 1 }, latestMs: 40_000 } })
    expect(recordOf([edge(22, 'requested')], waits)).toMatchObject({ plannedStartUs: 22e6, plannedEndUs: 32e6 })
    expect(recordOf([], waits)).toMatchObject({ plannedStartUs: 20e6, plannedEndUs: 30e6 })
  })

  test('is seen no finer than by the coarsest look', () => {
    const looks = [
      edge(22, 'requested'),
      edge(23, 'observed', { resolutionUs: 250 }),
      edge(24, 'healed', { resolutionUs: 90 }),
    ]
    expect(recordOf(looks).resolutionUs).toBe(250)
    expect(recordOf([edge(23, 'observed', { resolutionUs: 90 })]).resolutionUs).toBe(90)
    expect(recordOf([edge(22, 'requested')]).resolutionUs).toBeNull()
  })

  test('has the notes of its rows, and the instance that it is on', () => {
    const rows = [
      edge(22, 'requested', { note: 'first' }),
      edge(23, 'applied', { note: 7 }),
      edge(24, 'observed', { note: 'last' }),
    ]
    expect(recordOf(rows).notes).toEqual(['first', 'last'])
    expect(recordOf(rows)).not.toHaveProperty('instance')
    expect(recordOf(rows, faultOf({ instance: 2 })).instance).toBe(2)
    expect(recordOf(rows)).not.toHaveProperty('notPossible')
    expect(recordOf([edge(22, 'notPossible', { note: 'it takes root' })]).notPossible).toBe('it takes root')
  })

  test('begins to matter with its first edge, whichever there is', () => {
    const startS = (...rows: TimelineEntry[]) => (injectionStartUs(recordOf(rows)) ?? Number.NaN) / 1e6
    expect(startS(edge(22, 'requested'), edge(23, 'applied'))).toBe(22)
    expect(startS(edge(23, 'applied'), edge(24, 'observed'))).toBe(23)
    expect(startS(edge(24, 'observed'), edge(26, 'healed'))).toBe(24)
    expect(startS(edge(26, 'healed'))).toBeNaN()
  })
})
