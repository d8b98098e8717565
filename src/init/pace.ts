import { openCallsMax, paceSecondsMin, usersMin } from './limits.ts'
import type { TriedTool } from './trials.ts'

export interface Pace {
  readonly paceSeconds: number
  readonly users: number
  /** The tool that made it longer than usual, with what its trial took in ms; null: none did. */
  readonly slowest: { readonly name: string; readonly tookMs: number } | null
}

/** What people would choose. */
const pacesSeconds = [2, 3, 4, 5, 10, 20]

/**
 * How often each user calls. Who means to call again before a slow tool has answered cannot send all that is due, and
 * the server would be charged with it: so the pace is twice the slowest answer. More users make up for it, as far as
 * no more calls are open at a time, on average, than usual.
 */
export function paceFor(tools: readonly TriedTool[]): Pace {
  const used = tools.flatMap((tried) =>
    tried.state === 'usable' ? [{ name: tried.tool.name, tookMs: tried.tookMs }] : [],
  )
  const [slowest] = used.toSorted((a, b) => b.tookMs - a.tookMs)
  if (slowest === undefined || slowest.tookMs <= paceSecondsMin * 1_000)
    return { paceSeconds: paceSecondsMin, users: usersMin, slowest: null }
  const paceSeconds = pacesSeconds.find((each) => each * 1_000 >= 2 * slowest.tookMs) ?? pacesSeconds.at(-1) ?? 0
  const meanMs = used.reduce((sum, { tookMs }) => sum + tookMs, 0) / used.length
  const users = Math.floor(
    Math.min((usersMin * paceSeconds) / paceSecondsMin, (openCallsMax * paceSeconds * 1_000) / meanMs),
  )
  return { paceSeconds, users, slowest }
}
