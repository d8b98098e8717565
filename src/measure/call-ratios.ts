import { isGood, outcomes } from '../domain/outcome.ts'
import type { Measured } from '../domain/verdict.ts'
import { goodByCode, latencyLowMs } from './call-facts.ts'
import type { CallSet } from './call-set.ts'
import { allWindows, type MeasureSpec } from './measure-spec.ts'
import { exactly, none } from './measured.ts'

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
      const good = calls.count((row) => {
        const inTime = withinMs === null || latencyLowMs(calls.table, row) <= withinMs
        return goodByCode[calls.table.outcome[row] ?? -1] === true && inTime
      })
      return share(good, calls.intended)
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
          return share(calls.byOutcome[outcomes.indexOf(outcome)] ?? 0, calls.intended)
        },
      }),
    ),
]

function errorRatio(calls: CallSet): Measured {
  const good = calls.byOutcome.reduce((sum, count, code) => sum + (goodByCode[code] === true ? count : 0), 0)
  return share(calls.intended - good, calls.intended)
}

function share(part: number, whole: number): Measured {
  return whole === 0
    ? none('no_samples', 'no call', 'ratio', 0, counted)
    : exactly(part / whole, 'ratio', whole, counted)
}
