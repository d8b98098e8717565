import { usPerSecond } from '../domain/time.ts'
import type { Window } from '../domain/verdict.ts'
import type { CallSet } from '../measure/call-set.ts'
import { type MeasureSpec, measure } from '../measure/measure-spec.ts'
import { measureById } from '../measure/registry.ts'
import type { RunView } from '../measure/run-view.ts'
import { spoken } from './wording.ts'

/** Below half of the latency the system's own work is not what made it miss. */
const explainsRatio = 0.5
/** A user is free a little after its last answer came: only what is longer was a wait. */
const waitMsMin = 10

/**
 * Why latency from the intended start is long where the service time of the same calls is short: an answer came late,
 * and its user's next calls were due meanwhile. null: it is not so.
 */
export function waitingHint(view: RunView, spec: MeasureSpec, window: Window, tool: string | null): string | null {
  const [, quantile] = /^tool\.latency\.(p\d+)$/.exec(spec.id) ?? []
  const service = quantile === undefined ? null : measureById(`tool.service_time.${quantile}`)
  if (service === null) return null
  const latency = measure(view, spec, { window, tool })
  const own = measure(view, service, { window, tool })
  if (latency.kind === 'none' || own.kind !== 'value') return null
  const [latencyMs, ownMs] = [Number(latency.value), Number(own.value)]
  const calls = view.calls(window, tool)
  const held = heldUp(calls)
  if (ownMs > explainsRatio * latencyMs || held.count === 0) return null
  return (
    `${held.count} of ${calls.intended} calls waited for an earlier call of their own user, up to ` +
    `${spoken(held.longestMs, 'ms')}, most of them at ${held.atS} s. That counts from the intended start, and is no part of ` +
    `service time (${quantile} ${spoken(ownMs, 'ms')}): while the system stands still its users send nothing, so that few ` +
    'calls meet it.'
  )
}

/** The calls that were due before their user was free: how many, the longest wait, and the second with most of them. */
function heldUp({ table, rows }: CallSet): {
  readonly count: number
  readonly longestMs: number
  readonly atS: number
} {
  const bySecond = new Map<number, number>()
  let count = 0
  let longestMs = 0
  for (const row of rows) {
    const intendedUs = table.intendedUs[row] ?? Number.NaN
    const freeUs = Math.min(table.readyUs[row] ?? Number.NaN, table.cutUs?.get(row) ?? Number.POSITIVE_INFINITY)
    const waitedMs = (freeUs - intendedUs) / 1_000
    if (!(waitedMs > waitMsMin)) continue
    count += 1
    longestMs = Math.max(longestMs, waitedMs)
    const second = Math.floor(intendedUs / usPerSecond)
    bySecond.set(second, (bySecond.get(second) ?? 0) + 1)
  }
  const [most] = [...bySecond].sort(([a, countA], [b, countB]) => countB - countA || a - b)
  return { count, longestMs, atS: most?.[0] ?? 0 }
}
