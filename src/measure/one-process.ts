import { usPerSecond } from '../domain/time.ts'
import type { PoolRow } from '../record/reader-rows.ts'
import { injectionStartUs } from './injections.ts'
import type { RunView } from './run-view.ts'
import { there } from './there.ts'

/** By how much the age that a process tells may be off from what our clock says: it rounds, and reads it a moment later. */
const ageSlackUs = usPerSecond / 10

/**
 * How often a counter went back though nothing began anew: then several processes answer for the page in turn, each with a
 * count of its own, and no difference of two readings is an increase of anything.
 */
export function fallsWithoutRestart(
  view: RunView,
  rows: readonly PoolRow[],
  read: (row: PoolRow) => number | null,
): number {
  const told = rows.flatMap((row) => {
    const value = row.error === null ? read(row) : null
    return value === null ? [] : [{ row, value }]
  })
  let highestLater = Number.NEGATIVE_INFINITY
  let falls = 0
  const pairs = told.slice(1).map((now, at) => ({ before: there(told[at]), now }))
  for (const { before, now } of pairs.toReversed()) {
    highestLater = Math.max(highestLater, now.value)
    if (now.value >= before.value) continue
    const began = beganBetween(view, before.row, now.row)
    // A process of unknown age that does not get as far as the one before may well be a new one.
    if (began === false || (began === null && highestLater >= before.value)) falls += 1
  }
  return falls
}

/** By the process's own age; without it by what the run did and saw. null: nothing tells. */
function beganBetween(view: RunView, before: PoolRow, now: PoolRow): boolean | null {
  if (now.uptimeS !== null) return now.tUs - now.uptimeS * usPerSecond > before.tUs - before.tookUs - ageSlackUs
  const isBetween = (tUs: number): boolean => before.tUs - before.tookUs <= tUs && tUs <= now.tUs
  const timeline = view.folder.timeline?.rows ?? []
  if (timeline.some(({ kind, tUs }) => (kind === 'exit' || kind === 'process') && isBetween(tUs))) return true
  const isHarmed = view.injections.some((injection) => {
    const startUs = injectionStartUs(injection)
    return (
      startUs !== null && startUs <= now.tUs && (injection.healVerifiedUs ?? Number.POSITIVE_INFINITY) >= before.tUs
    )
  })
  return isHarmed ? true : null
}
