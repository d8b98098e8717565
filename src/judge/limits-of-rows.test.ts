import { describe, expect, it } from 'vitest'
import type { ComparisonRow, ComparisonVerdict } from '../domain/comparison.ts'
import { comparedMeasures, type Drawn } from '../measure/compared.ts'
import { RunView } from '../measure/run-view.ts'
import { calmRun, timelineOf } from '../measure/testing/calm-run.ts'
import { readGenerated } from '../measure/testing/generated-run.ts'
import { faultOf, planOf } from '../measure/testing/plan-of.ts'
import { withCalmTime } from './calm-time.ts'
import type { DrawnRow, ViewedRun } from './drawn-sides.ts'
import { withOpenEnds } from './open-ends.ts'

const row = (verdict: ComparisonVerdict, changes: Partial<ComparisonRow> = {}, value = 30): ComparisonRow => ({
  measure: 'tool.latency.p95',
  window: 'steady.clear',
  unit: 'ms',
  better: 'lower',
  isKey: true,
  base: { value: 100, samples: 9 },
  head: { value: 100 + value, samples: 9 },
  difference: { value, interval: { low: value - 0.1, high: value + 0.1 }, relative: 0.3, p: 0.001, detectable: 5 },
  minimumEffect: 10,
  verdict,
  why: 'as computed',
  method: 'some',
  ...changes,
})

describe('a key row of a calm stretch', () => {
  /** 55 s but for the fault's 10.2 s and so long a recovery, ms. */
  const run = (recoveryMs: number): ViewedRun => {
    const plan = planOf({ faults: [faultOf({ recoveryMs })] })
    const generated = calmRun({ plan, timeline: timelineOf(plan), calls: [], pool: [], database: [] })
    return { folder: 'runs/a', view: new RunView(readGenerated(generated)) }
  }
  const [long, short] = [run(0), run(20_000)]

  it.each<[reason: string, asked: ComparisonRow, base: ViewedRun, head: ViewedRun, verdict: ComparisonVerdict]>([
    ['a regression of the same time is one', row('regression'), long, long, 'regression'],
    ['one that head shows in less time is one all the more', row('regression'), long, short, 'regression'],
    [
      'one that head shows in more time may be of what base lacks',
      row('regression'),
      short,
      long,
      'too_little_evidence',
    ],
    ['what is better in less time may be so for that', row('improvement', {}, -30), long, short, 'too_little_evidence'],
    ['what is better in more time is not of the same', row('improvement', {}, -30), short, long, 'too_little_evidence'],
    ['no difference in less time shows none', row('no_difference_shown', {}, 1), long, short, 'too_little_evidence'],
    ['of others nothing is asked', row('improvement', { isKey: false }, -30), long, short, 'improvement'],
  ])('%s', (_reason, asked, base, head, verdict) => {
    expect(withCalmTime(asked, [base], [head]).verdict).toBe(verdict)
  })
})

describe('a row of what was not over in one of the runs', () => {
  const [measure] = comparedMeasures
  if (measure === undefined) throw new Error('no measure')
  const window = { id: 'slow.recovery', kind: 'recovery', spans: [], fault: 'slow', judged: true } as const
  const one = (isAtLeast: boolean): Drawn => ({ kind: 'one', value: 7, isAtLeast })
  const drawn = (base: boolean, head: boolean): DrawnRow => ({ measure, window, base: [one(base)], head: [one(head)] })
  const [inBase, inHead] = [drawn(true, false), drawn(false, true)]
  const endless = Number.POSITIVE_INFINITY

  it.each<[reason: string, of: DrawnRow, value: number, interval: object | null]>([
    ['head, which is higher, if only by a little: by so much or more', inHead, 0.5, { low: 0.4, high: endless }],
    ['base, which is higher, if only by a little: the same', inBase, -0.5, { low: -endless, high: -0.4 }],
    ['head, which seems lower: it may lie either way', inHead, -0.5, null],
    ['base, which seems lower: it may lie either way', inBase, 0.5, null],
  ])('%s', (_reason, of, value, interval) => {
    const told = withOpenEnds(of, row(value > 0 ? 'regression' : 'improvement', {}, value))
    expect(told.difference?.interval ?? null).toEqual(interval)
    if (interval === null) expect(told.verdict).toBe('too_little_evidence')
  })

  it('stays as it is where all of them were over', () => {
    const asked = row('regression')
    expect(withOpenEnds(drawn(false, false), asked)).toBe(asked)
  })
})
