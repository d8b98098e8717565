import { contains, usPerSecond } from '../domain/time.ts'
import type { Window } from '../domain/verdict.ts'
import type { PoolRow } from '../record/reader-rows.ts'
import type { CallValue } from './call-set.ts'
import type { ValueCells } from './difference/quantile-shift.ts'
import type { RatioCells } from './difference/side.ts'
import { poolParts } from './instance-pools.ts'
import { eachCallSent } from './load-measures.ts'
import type { RunView } from './run-view.ts'
import { gauge, valuesWithin } from './samples.ts'
import { there } from './there.ts'

/** A second of run time that a window touches, and how much of it. */
interface Second {
  readonly second: number
  readonly coveredS: number
}

/** The seconds of a window in order; one that two of its spans touch comes once. */
export function secondsOf(window: Window): readonly Second[] {
  const covered = new Map<number, number>()
  for (const { startUs, endUs } of window.spans) {
    for (let second = Math.floor(startUs / usPerSecond); second * usPerSecond < endUs; second++) {
      const us = Math.min(endUs, (second + 1) * usPerSecond) - Math.max(startUs, second * usPerSecond)
      covered.set(second, (covered.get(second) ?? 0) + us / usPerSecond)
    }
  }
  return [...covered].map(([second, coveredS]) => ({ second, coveredS }))
}

/** What the calls of a window give, by the second of their intended start; those that give nothing (NaN) are left out. */
export function callCells(view: RunView, window: Window, value: CallValue['lowMs']): ValueCells {
  const { table, rows } = view.calls(window)
  const cells = new Map<number, number[]>(secondsOf(window).map(({ second }) => [second, []]))
  for (const row of rows) {
    const one = value(table, row)
    if (Number.isNaN(one)) continue
    const second = Math.floor(there(table.intendedUs[row]) / usPerSecond)
    const cell = cells.get(second)
    // A call that was under way when a fault began was due before.
    if (cell === undefined) cells.set(second, [one])
    else cell.push(one)
  }
  return [...cells].sort(([a], [b]) => a - b).map(([, cell]) => Float64Array.from(cell))
}

/** Calls begun in each second, by their start. */
export function sentCells(view: RunView, window: Window): RatioCells {
  const seconds = secondsOf(window)
  const sent = new Map<number, number>()
  for (const span of window.spans) {
    eachCallSent(view, span, (startedUs) => {
      const second = Math.floor(startedUs / usPerSecond)
      sent.set(second, (sent.get(second) ?? 0) + 1)
    })
  }
  return {
    parts: Float64Array.from(seconds, ({ second }) => sent.get(second) ?? 0),
    wholes: Float64Array.from(seconds, ({ coveredS }) => coveredS),
  }
}

/** The system's connections to its database, sample by sample. */
export function connectionCells(view: RunView, window: Window): RatioCells {
  const connections = gauge(view.folder.database?.rows ?? [], (row) => row.connections)
  const parts = Float64Array.from(window.spans.flatMap((span) => valuesWithin(connections, span)))
  return { parts, wholes: parts.map(() => 1) }
}

/** How long callers waited for a connection (ms) and how many there were, by the second in which the pool told it. */
export function waitCells(view: RunView, window: Window): RatioCells {
  const seconds = secondsOf(window)
  const place = new Map(seconds.map(({ second }, at) => [second, at]))
  const parts = new Float64Array(seconds.length)
  const wholes = new Float64Array(seconds.length)
  for (const { rows, spans } of poolParts(view, window.spans)) {
    for (const { tUs, waitedMs, waits } of waitsBetween(rows)) {
      const at = place.get(Math.floor(tUs / usPerSecond))
      if (at === undefined || !spans.some((span) => contains(span, tUs))) continue
      parts[at] = there(parts[at]) + waitedMs
      wholes[at] = there(wholes[at]) + waits
    }
  }
  return { parts, wholes }
}

/** From each reading of the cumulative counters to the next; a server that began anew counts from its first reading. */
function waitsBetween(rows: readonly PoolRow[]) {
  const told = rows.flatMap(({ tUs, wait, error }) => (error === null && wait !== null ? [{ tUs, wait }] : []))
  return told.slice(1).flatMap(({ tUs, wait }, at) => {
    const before = there(told[at]).wait
    if (wait.count < before.count || wait.sumS < before.sumS) return []
    return [{ tUs, waitedMs: (wait.sumS - before.sumS) * 1000, waits: wait.count - before.count }]
  })
}
