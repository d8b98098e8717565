import type { Better } from '../domain/comparison.ts'
import type { Unit, Window, WindowKind } from '../domain/verdict.ts'
import { goodByCode, latencyLowMs, outcomeCodeOf, serviceTimeLowMs } from './call-facts.ts'
import type { CallValue } from './call-set.ts'
import { callCells, connectionCells, sentCells, waitCells } from './compared-cells.ts'
import { poolPeakCells } from './compared-pool.ts'
import type { ValueCells } from './difference/quantile-shift.ts'
import type { RatioCells } from './difference/side.ts'
import type { Need } from './gates.ts'
import { measure } from './measure-spec.ts'
import { poolLacks } from './pool-readings.ts'
import { measureById } from './registry.ts'
import type { RunView } from './run-view.ts'

/** What one run gives to a comparison: second by second, or one number. */
export type Drawn =
  | { readonly kind: 'values'; readonly p: number; readonly cells: ValueCells }
  | { readonly kind: 'share' | 'mean'; readonly cells: RatioCells }
  | {
      readonly kind: 'one'
      readonly value: number
      /** It was not over when observation ended: the value is the least that it may be. */
      readonly isAtLeast?: boolean
    }

/** Which of the limits on effects goes for it. */
export type EffectKind = 'time' | 'errors' | 'pool' | 'count' | 'rate'

/** A measure that runs are compared by. */
export interface ComparedMeasure {
  readonly id: string
  readonly unit: Unit
  readonly better: Better
  readonly effect: EffectKind
  readonly isKey: boolean
  readonly needs: readonly Need[]
  readonly windows: readonly WindowKind[]
  /** Why this target never tells it; null: it does. */
  readonly lacking: (view: RunView) => string | null
  /** A text: why there is nothing of it in the window. */
  readonly draw: (view: RunView, window: Window) => Drawn | string
}

/** Windows of the same name in two runs are about the same thing; phases and the run as a whole mix calm and faults. */
export const comparedWindows: readonly WindowKind[] = ['clear', 'injection', 'recovery']

const quantiles = [
  ['p50', 0.5],
  ['p95', 0.95],
  ['p99', 0.99],
] as const

const always = { windows: comparedWindows, lacking: () => null }
const ofCalls = { ...always, better: 'lower', needs: ['calls', 'delivery'] } as const

function times(family: string, valueMs: CallValue['lowMs']): readonly ComparedMeasure[] {
  return quantiles.map(([name, p]) => ({
    ...ofCalls,
    id: `${family}.${name}`,
    unit: 'ms',
    effect: 'time',
    isKey: family === 'tool.latency' && name === 'p95',
    draw: (view, window) => ({ kind: 'values', p, cells: callCells(view, window, valueMs) }),
  }))
}

/** One number of each run, as a gate measures it: compared where there are runs enough to be the unit. */
function oneNumber(id: string, effect: EffectKind, windows: readonly WindowKind[] = comparedWindows): ComparedMeasure {
  const spec = measureById(id)
  if (spec === null) throw new RangeError(`no measure ${id}`)
  return {
    id,
    unit: spec.unit,
    better: 'lower',
    effect,
    isKey: false,
    // The measure looks at its own stretch, and asks for its evidence itself.
    needs: [],
    windows,
    lacking: spec.lacking ?? (() => null),
    draw: (view, window) => {
      const measured = measure(view, spec, { window })
      if (measured.kind === 'none') return measured.why
      const { kind, value } = measured
      return typeof value === 'number' ? { kind: 'one', value, isAtLeast: kind === 'atLeast' } : 'it is no number'
    },
  }
}

/** All that runs are compared by. Adding one: a line here, a name in reports/text/words.ts. */
export const comparedMeasures: readonly ComparedMeasure[] = [
  ...times('tool.latency', latencyLowMs),
  ...times('tool.service_time', serviceTimeLowMs),
  {
    ...ofCalls,
    id: 'tool.error_ratio',
    unit: 'ratio',
    effect: 'errors',
    isKey: true,
    draw: (view, window) => {
      const calls = view.calls(window)
      const bad = (row: number) => (goodByCode[outcomeCodeOf(calls.table, row)] === true ? 0 : 1)
      const wrong = callCells(view, window, (_, row) => bad(row))
      const sum = (cell: Float64Array) => cell.reduce((total, one) => total + one, 0)
      const parts = Float64Array.from(wrong, sum)
      return { kind: 'share', cells: { parts, wholes: Float64Array.from(wrong, (cell) => cell.length) } }
    },
  },
  {
    ...always,
    id: 'load.calls_per_s',
    unit: 'calls/s',
    better: 'higher',
    effect: 'rate',
    isKey: false,
    needs: ['calls', 'delivery'],
    draw: (view, window) => ({ kind: 'mean', cells: sentCells(view, window) }),
  },
  {
    ...always,
    id: 'pool.used.second_peaks',
    unit: 'ratio',
    better: 'lower',
    effect: 'pool',
    isKey: false,
    needs: ['delivery', 'pool'],
    lacking: poolLacks(['used', 'max']),
    draw: (view, window) => ({ kind: 'mean', cells: poolPeakCells(view, window) }),
  },
  {
    ...always,
    id: 'pool.acquire_wait.mean',
    unit: 'ms',
    better: 'lower',
    effect: 'time',
    isKey: false,
    needs: ['delivery', 'pool'],
    lacking: poolLacks(['wait']),
    draw: (view, window) => ({ kind: 'mean', cells: waitCells(view, window) }),
  },
  {
    ...always,
    id: 'database.connections.mean',
    unit: 'count',
    better: 'lower',
    effect: 'count',
    isKey: false,
    needs: ['database'],
    lacking: measureById('database.connections.peak')?.lacking ?? (() => null),
    draw: (view, window) => ({ kind: 'mean', cells: connectionCells(view, window) }),
  },
  oneNumber('pool.used.peak_ratio', 'pool'),
  oneNumber('pool.acquire_wait.p95', 'time'),
  oneNumber('database.connections.peak', 'count'),
  oneNumber('recovery.after_heal', 'time', ['recovery']),
]
