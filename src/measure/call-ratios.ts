import { isGood, outcomes } from '../domain/outcome.ts'
import type { Interval, Measured } from '../domain/verdict.ts'
import { goodByCode, isCut, latencyLowMs, outcomeCodeOf } from './call-facts.ts'
import type { CallSet } from './call-set.ts'
import { allWindows, type MeasureSpec } from './measure-spec.ts'
import { between, exactly, none } from './measured.ts'
import { there } from './there.ts'

const counted = 'exact counts over intended calls'

const common = { unit: 'ratio', windows: allWindows, perTool: true, needs: ['calls', 'delivery'] } as const

/** Shares of the calls that were intended: what was never sent or never answered counts, and not as good. */
export const callRatios: readonly MeasureSpec[] = [
  {
    ...common,
    id: 'tool.good_ratio',
    title: 'Share of calls with a good answer in time',
    bounds: ['min'],
    compute: ({ view, window, tool, withinMs }) => {
      const calls = view.calls(window, tool)
      const { table } = calls
      const inTime = (row: number) => withinMs === null || latencyLowMs(table, row) <= withinMs
      const good = calls.count((row) => goodByCode[outcomeCodeOf(table, row)] === true && inTime(row))
      const perhaps = calls.count((row) => isCut(table, row) && inTime(row))
      return share(calls, good, { low: good, high: good + perhaps })
    },
  },
  {
    ...common,
    id: 'tool.error_ratio',
    title: 'Share of calls without a good answer',
    bounds: ['max'],
    compute: ({ view, window, tool }) => errorRatio(view.calls(window, tool)),
  },
  ...outcomes
    .filter((outcome) => !isGood(outcome))
    .map(
      (outcome): MeasureSpec => ({
        ...common,
        id: `tool.error_ratio.${outcome}`,
        title: `Share of calls that ended as ${outcome}`,
        bounds: ['max'],
        compute: ({ view, window, tool }) => {
          const calls = view.calls(window, tool)
          const count = there(calls.byOutcome[outcomes.indexOf(outcome)])
          const cut = calls.cut
          const isUnknown = outcome === 'unknown'
          return share(calls, count, { low: isUnknown ? count - cut : count, high: isUnknown ? count : count + cut })
        },
      }),
    ),
]

/** A call that was late and open when a fault began is not good, so far: whether it would have been nobody knows. */
function errorRatio(calls: CallSet): Measured {
  const good = calls.byOutcome.reduce((sum, count, code) => sum + (goodByCode[code] === true ? count : 0), 0)
  const bad = calls.intended - good
  return share(calls, bad, { low: bad - calls.cut, high: bad })
}

/** @param limits between which the count lies */
function share(calls: CallSet, count: number, limits: Interval): Measured {
  const whole = calls.intended
  if (whole === 0) return none('no_samples', 'no call', 'ratio', 0, counted)
  if (limits.low === limits.high) return exactly(count / whole, 'ratio', whole, counted)
  const interval = { low: limits.low / whole, high: limits.high / whole }
  const method = `${counted}; ${calls.cut} of them were late and open when a fault began, and may have ended either way`
  return between(count / whole, interval, 'ratio', whole, method)
}
