import type { Plan } from '../../domain/plan.ts'

/** Users times seconds of a window, as planned: a clear window is its phase less its faults and their recoveries. */
export function windowSeconds(plan: Plan, window: string): number | null {
  const fault = plan.faults.find(({ id }) => window === id || window === `${id}.recovery`)
  if (fault !== undefined) {
    const healMs = fault.startMs + fault.forMs
    if (window === fault.id) return userSeconds(plan, fault.startMs, healMs)
    return userSeconds(plan, healMs, healMs + fault.recoveryMs)
  }
  const phases = plan.load.phases.filter(({ id }) => window === 'run' || window === id || window === `${id}.clear`)
  const [first] = phases
  const last = phases.at(-1)
  if (first === undefined || last === undefined) return null
  const whole = userSeconds(plan, first.startMs, last.endMs)
  if (!window.endsWith('.clear')) return whole
  const harmed = plan.faults
    .map(({ startMs, forMs, recoveryMs }) => {
      return userSeconds(plan, Math.max(first.startMs, startMs), Math.min(last.endMs, startMs + forMs + recoveryMs))
    })
    .reduce((sum, each) => sum + each, 0)
  return Math.max(0, whole - harmed)
}

/** The area below the users' curve between two times. */
export function userSeconds(plan: Plan, fromMs: number, toMs: number): number {
  const areas = plan.load.phases.map(({ startMs, endMs, usersFrom, usersTo }) => {
    const from = Math.max(fromMs, startMs)
    const to = Math.min(toMs, endMs)
    if (to <= from) return 0
    const users = (atMs: number) => usersFrom + ((usersTo - usersFrom) * (atMs - startMs)) / (endMs - startMs)
    return ((users(from) + users(to)) / 2) * ((to - from) / 1_000)
  })
  return areas.reduce((sum, area) => sum + area, 0)
}
