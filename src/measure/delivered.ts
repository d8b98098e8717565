import { usPerSecond } from '../domain/time.ts'
import { generatorLatenessMs, unsentCode } from './call-facts.ts'
import type { CallSet } from './call-set.ts'
import { lateMs, lateRatioMax } from './gates.ts'
import { there } from './there.ts'

/** What the generator did of what it was asked, by seconds of intended time. Rates in calls/s. */
export interface Delivered {
  /** The most that were due in one second and whose users were free. */
  readonly duePeak: number
  /** The most that were sent in one second in which the generator was on time; null: there was no such second. */
  readonly onTimePeak: number | null
  /** Seconds in which it was not on time, of all with calls. */
  readonly lateSeconds: number
  readonly seconds: number
}

/**
 * How much load this machine has shown that it can deliver: a floor of what it can, not the ceiling, since a second in
 * which little was due shows no more than that little.
 */
export function deliveredBy({ table, rows }: CallSet): Delivered {
  const bySecond = new Map<number, { due: number; late: number }>()
  for (const row of rows) {
    if (table.outcome[row] === unsentCode) continue
    const second = Math.floor(there(table.intendedUs[row]) / usPerSecond)
    const own = bySecond.get(second) ?? { due: 0, late: 0 }
    bySecond.set(second, own)
    own.due += 1
    if (generatorLatenessMs(table, row) > lateMs) own.late += 1
  }
  const all = [...bySecond.values()]
  const onTime = all.filter(({ due, late }) => late <= lateRatioMax * due).map(({ due }) => due)
  return {
    duePeak: Math.max(0, ...all.map(({ due }) => due)),
    onTimePeak: onTime.length === 0 ? null : Math.max(...onTime),
    lateSeconds: all.length - onTime.length,
    seconds: all.length,
  }
}
