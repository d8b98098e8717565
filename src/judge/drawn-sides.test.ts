import { describe, expect, it } from 'vitest'
import { comparedMeasures, type Drawn } from '../measure/compared.ts'
import { RunView } from '../measure/run-view.ts'
import { calmRun, timelineOf } from '../measure/testing/calm-run.ts'
import { type GeneratedRun, readGenerated } from '../measure/testing/generated-run.ts'
import { faultOf, launchObjectives, planOf } from '../measure/testing/plan-of.ts'
import { drawRow, numberOf, samplesOf, type ViewedRun } from './drawn-sides.ts'

const values: Drawn = { kind: 'values', p: 0.5, cells: [Float64Array.of(40, 10), Float64Array.of(30, 20, 50)] }
const share: Drawn = { kind: 'share', cells: { parts: Float64Array.of(1, 2), wholes: Float64Array.of(10, 20) } }
const one: Drawn = { kind: 'one', value: 7 }

it.each<[reason: string, drawn: Drawn, value: number, samples: number]>([
  ['the median of all seconds together', values, 30, 5],
  ['all parts of all wholes', share, 0.1, 30],
  ['what is one number already', one, 7, 1],
])('a run as one number: %s', (_reason, drawn, value, samples) => {
  expect(numberOf(drawn)).toBeCloseTo(value, 12)
  expect(samplesOf(drawn)).toBe(samples)
})

it('a quantile among calls without an end has none', () => {
  const endless: Drawn = { kind: 'values', p: 0.9, cells: [Float64Array.of(10, Number.POSITIVE_INFINITY)] }
  expect(numberOf(endless)).toBe(Number.POSITIVE_INFINITY)
})

describe('a row of a comparison', () => {
  const plan = planOf({ faults: [faultOf()], objectives: launchObjectives })
  const runOf = (folder: string, changes: Partial<GeneratedRun> = {}): ViewedRun => ({
    folder,
    view: new RunView(readGenerated(calmRun({ plan, timeline: timelineOf(plan), ...changes }))),
  })
  const measureOf = (id: string) => {
    const found = comparedMeasures.find((measure) => measure.id === id)
    if (found === undefined) throw new Error(id)
    return found
  }
  const p95 = measureOf('tool.latency.p95')
  const connections = measureOf('pool.used.second_peaks')
  const blind = planOf({ faults: [faultOf()], objectives: launchObjectives, observe: { ...plan.observe, pool: null } })
  const [calm, other] = [runOf('runs/a'), runOf('runs/b')]
  const withoutPool = runOf('runs/c', { plan: blind, timeline: timelineOf(blind) })

  it('has the numbers of each run', () => {
    expect(drawRow(p95, 'steady.clear', [calm], [other, calm])).toMatchObject({
      window: { id: 'steady.clear' },
      base: [{ kind: 'values' }],
      head: [{ kind: 'values' }, { kind: 'values' }],
    })
  })

  it('is none where the base has no such window, or the measure none of that kind', () => {
    expect(drawRow(p95, 'nowhere', [calm], [other])).toBeNull()
    expect(drawRow(measureOf('recovery.after_heal'), 'steady.clear', [calm], [other])).toBeNull()
    expect(drawRow(measureOf('recovery.after_heal'), 'slow.recovery', [calm], [other])).not.toBeNull()
  })

  it('is none where no target tells it, and says which one does not where others do', () => {
    expect(drawRow(connections, 'steady.clear', [withoutPool], [withoutPool])).toBeNull()
    expect(drawRow(connections, 'steady.clear', [calm], [withoutPool])).toMatchObject({
      why: expect.stringMatching(/^runs\/c: .*observe\.pool/),
    })
  })

  it('says which run has no such window, or no evidence', () => {
    const unharmed = planOf({ objectives: launchObjectives })
    const withoutFault = runOf('runs/d', { plan: unharmed, timeline: timelineOf(unharmed) })
    expect(drawRow(p95, 'slow', [calm], [withoutFault])).toMatchObject({ why: 'runs/d: there is no window slow' })
    expect(drawRow(p95, 'steady.clear', [calm], [other, runOf('runs/e', { calls: [] })])).toMatchObject({
      why: expect.stringMatching(/^runs\/e: /),
    })
  })
})
