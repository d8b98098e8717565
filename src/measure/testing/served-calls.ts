import type { Outcome } from '../../domain/outcome.ts'
import type { GeneratedCall } from './generated-run.ts'

/** What becomes of a call. */
export interface Served {
  readonly endedUs: number
  readonly outcome: Outcome
  /** Absent: the two in turn. */
  readonly tool?: number
}

export interface ServedShape {
  readonly users: number
  readonly paceUs: number
  readonly endUs: number
  readonly serve: (startUs: number, user: number) => Served
}

export function answered(startUs: number, tookMs: number, tool?: number): Served {
  return { endedUs: startUs + tookMs * 1_000, outcome: 'ok', ...(tool === undefined ? {} : { tool }) }
}

/** No call that is sent within the stretch has an answer before its end. */
export function hungFrom(startUs: number, endUs: number): (atUs: number) => Served | null {
  return (atUs) => (atUs >= startUs && atUs < endUs ? { endedUs: endUs, outcome: 'transport' } : null)
}

/**
 * Calls of users that have one in flight each, evenly spread over the pace: of the slots that come due meanwhile the first
 * goes when the user is free, the rest are never sent.
 */
export function servedBy({ users, paceUs, endUs, serve }: ServedShape): GeneratedCall[] {
  return Array.from({ length: users }, (_, user) => user).flatMap((user) => {
    const calls: GeneratedCall[] = []
    let freeUs = 0
    let waitedUs = 0
    for (let dueUs = Math.round((user * paceUs) / users); dueUs < endUs; dueUs += paceUs) {
      const common = { user, intendedUs: dueUs, readyUs: Math.max(dueUs, freeUs), error: null }
      // Due while an earlier slot still waited for the user.
      if (dueUs < waitedUs) {
        calls.push({ ...common, tool: 0, startedUs: null, endedUs: null, outcome: 'unsent' })
        continue
      }
      const startedUs = Math.max(dueUs, freeUs)
      const { endedUs, outcome, tool = calls.length % 2 } = serve(startedUs, user)
      calls.push({ ...common, tool, startedUs, endedUs, outcome })
      waitedUs = startedUs
      freeUs = endedUs
    }
    return calls
  })
}
