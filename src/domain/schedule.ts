import type { DrillPlan } from './plan.ts'

const monthsOf = { month: 1, quarter: 3, year: 12 } as const
const weekMs = 7 * 24 * 60 * 60 * 1_000

/**
 * When a drill that was done at `doneMs` is to be done again; both in ms since the Unix epoch. Months are those of the
 * calendar, in UTC: from the last day of a long month to the last of a shorter one.
 */
export function nextDueMs(doneMs: number, every: NonNullable<DrillPlan['every']>): number {
  if (every === 'week') return doneMs + weekMs
  const due = new Date(doneMs)
  const day = due.getUTCDate()
  due.setUTCDate(1)
  due.setUTCMonth(due.getUTCMonth() + monthsOf[every])
  const lastDay = new Date(Date.UTC(due.getUTCFullYear(), due.getUTCMonth() + 1, 0)).getUTCDate()
  due.setUTCDate(Math.min(day, lastDay))
  return due.getTime()
}
