import type { Phase, Plan } from '../domain/plan.ts'
import { contains, msToUs, type Span } from '../domain/time.ts'
import type { CallTable } from '../record/reader-calls.ts'
import { there } from './there.ts'

/** From when to when a user was there, µs; both included. */
interface Life {
  readonly fromUs: number
  readonly toUs: number
}

type Slots = Pick<CallTable, 'count' | 'user' | 'intendedUs'>

export interface UsersThere {
  /** Shown by their slots. */
  readonly lives: readonly Life[]
  /** Of users that the plan has there for less than their pace: they may have had no slot in that time. */
  readonly unseen: readonly Life[]
  /** With a slot. */
  readonly users: number
}

/**
 * When each user was there. The plan says from when to when a user is; its slots show that it was: the first comes within one
 * pace of its beginning, each other within 1.5 paces of the one before (engines/squall/schedule.go), and all are recorded,
 * sent or not. Where one is missing, a user counts from its first slot, or to its last one, alone.
 *
 * @param loadEndUs when the load was over; null: nobody knows, and nobody counts after the last slot
 */
export function usersThere(table: Slots, { load }: Plan, loadEndUs: number | null): UsersThere {
  const slots = slotsByUser(table)
  const paceUs = msToUs(load.paceMs)
  const usersMax = Math.max(...load.phases.flatMap(({ usersFrom, usersTo }) => [usersFrom, usersTo]))
  const lives: Life[] = []
  const unseen: Life[] = []
  for (const [user, own] of slots) lives.push(...livesOf(own, activity(load.phases, user), paceUs, loadEndUs))
  for (let user = 0; user < usersMax; user++) {
    const own = slots.get(user) ?? []
    for (const span of activity(load.phases, user)) {
      const isSeen = own.some((atUs) => contains(span, atUs))
      if (!isSeen && span.endUs - span.startUs < paceUs) unseen.push({ fromUs: span.startUs, toUs: span.endUs - 1 })
    }
  }
  return { lives, unseen, users: slots.size }
}

function livesOf(
  slots: readonly number[],
  spans: readonly Span[],
  paceUs: number,
  loadEndUs: number | null,
): readonly Life[] {
  const seen = spans.map((span) => ({ span, own: slots.filter((atUs) => contains(span, atUs)) }))
  // Somebody else's schedule than the plan's: it says nothing of when this user was there.
  if (seen.reduce((sum, { own }) => sum + own.length, 0) < slots.length) return lifeOf(slots)
  return seen.flatMap(({ span, own }) =>
    lifeOf(own).map(({ fromUs, toUs }) => {
      const endUs = Math.min(span.endUs - 1, loadEndUs ?? toUs)
      return {
        fromUs: fromUs - paceUs <= span.startUs ? span.startUs : fromUs,
        toUs: toUs + 1.5 * paceUs >= span.endUs ? Math.max(toUs, endUs) : toUs,
      }
    }),
  )
}

/** From the first slot to the last; none: no life. */
function lifeOf(slots: readonly number[]): readonly Life[] {
  if (slots.length === 0) return []
  let [fromUs, toUs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const atUs of slots) {
    fromUs = Math.min(fromUs, atUs)
    toUs = Math.max(toUs, atUs)
  }
  return [{ fromUs, toUs }]
}

function slotsByUser(table: Slots): ReadonlyMap<number, readonly number[]> {
  const slots = new Map<number, number[]>()
  for (let row = 0; row < table.count; row++) {
    const [user, atUs] = [there(table.user[row]), there(table.intendedUs[row])]
    const own = slots.get(user)
    if (own === undefined) slots.set(user, [atUs])
    else own.push(atUs)
  }
  return slots
}

/** The stretches in which a user takes part: in which its number is below the number of users (engines/squall/ramp.go). */
function activity(phases: readonly Phase[], user: number): readonly Span[] {
  const spans: Span[] = []
  for (const phase of phases) {
    const part = activeWithin(phase, user)
    const last = spans.at(-1)
    if (part === null) continue
    if (last !== undefined && last.endUs === part.startUs) spans.splice(-1, 1, { ...last, endUs: part.endUs })
    else spans.push(part)
  }
  return spans
}

function activeWithin({ startMs, endMs, usersFrom, usersTo }: Phase, user: number): Span | null {
  const [startUs, endUs] = [msToUs(startMs), msToUs(endMs)]
  const [before, after] = [usersFrom > user, usersTo > user]
  if (before && after) return { startUs, endUs }
  if (!before && !after) return null
  const share = (user - usersFrom) / (usersTo - usersFrom)
  const crossingUs = startUs + Math.floor(share * (endUs - startUs) + 0.5)
  if (before) return { startUs, endUs: crossingUs }
  return crossingUs < endUs ? { startUs: crossingUs, endUs } : null
}

/** The most that were there at one time within the spans. */
export function mostAtOnce(lives: readonly Life[], spans: readonly Span[]): number {
  let peak = 0
  for (const span of spans) {
    const present = lives.filter(({ toUs }) => toUs >= span.startUs)
    const edges = present.flatMap(({ fromUs, toUs }) => [
      { atUs: Math.max(fromUs, span.startUs), change: 1 },
      { atUs: toUs, change: -1 },
    ])
    // At one instant arrivals first: a user's last slot still counts it.
    edges.sort((a, b) => a.atUs - b.atUs || b.change - a.change)
    let now = 0
    for (const { atUs, change } of edges) {
      now += change
      if (atUs < span.endUs) peak = Math.max(peak, now)
    }
  }
  return peak
}
