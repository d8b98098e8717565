import type { Draft, FaultDraft, PhaseDraft, Schedule } from './draft.ts'
import { quickFactor, quickFaultMsMin, quickMsMin, usersMax } from './limits.ts'
import { Problems } from './problems.ts'
import { formatDurationMs } from './quantity.ts'
import { repeat } from './repeat.ts'
import { joinPath, placeOf } from './shape.ts'

/** The number of `--users`; null, and a problem, when it is none. */
export function readUsers(text: string, problems: Problems): number | null {
  const users = Number(text)
  if (/^\d{1,9}$/.test(text) && users >= 1 && users <= usersMax) return users
  problems.add({ file: '--users', line: null }, '--users', text || 'nothing', `a whole number in 1..${usersMax}`)
  return null
}

/** `--users N`: a phase's number that is the plan's highest becomes N, the others keep their share of it. */
export function scaleUsers(draft: Draft, users: number): Draft {
  const { phases } = draft.load
  const peak = Math.max(...phases.flatMap(({ usersFrom, usersTo }) => [usersFrom, usersTo]))
  // Rounding up to one: a phase that had users keeps some.
  const scale = (count: number): number => (count === 0 ? 0 : Math.max(1, Math.round((count * users) / peak)))
  const scaled = phases.map((phase) => ({
    ...phase,
    usersFrom: scale(phase.usersFrom),
    usersTo: scale(phase.usersTo),
  }))
  return { ...draft, load: { ...draft.load, phases: scaled } }
}

/**
 * `--quick`: the timeline's durations times 0.35, at least 5 s (faults 8 s); starts are scaled only, and pace, limits
 * and bounds stay. Where the least durations push things into each other, the numbers are a problem.
 */
export function shorten(draft: Draft, problems: Problems): Draft {
  const phases = draft.load.phases.map((phase) => ({ ...phase, forMs: atLeast(quickMsMin, phase.forMs) }))
  const faults = draft.faults.map((fault) => ({
    ...fault,
    atMs: Math.round(fault.atMs * quickFactor),
    schedule: quicker(fault.schedule),
    forMs: atLeast(quickFaultMsMin, fault.forMs),
    recoveryMs: fault.recoveryMs === 0 ? 0 : atLeast(quickMsMin, fault.recoveryMs),
  }))
  const short = { ...draft, load: { ...draft.load, phases }, faults }
  checkNeighbours(draft, short, problems)
  return short
}

function quicker(schedule: Schedule): Schedule {
  if (schedule.kind === 'every') return { ...schedule, everyMs: Math.round(schedule.everyMs * quickFactor) }
  if (schedule.kind !== 'after' || schedule.condition.kind !== 'calls') return schedule
  // The pace stays, so that a shorter run makes as many calls fewer.
  const count = Math.max(1, Math.round(schedule.condition.count * quickFactor))
  return { kind: 'after', condition: { kind: 'calls', count } }
}

function atLeast(leastMs: number, fullMs: number): number {
  // What is shorter than the least already stays as it is: quick never lengthens.
  return Math.max(Math.min(leastMs, fullMs), Math.round(fullMs * quickFactor))
}

interface Stretch {
  readonly fault: FaultDraft
  readonly startMs: number
  readonly healMs: number
  readonly endMs: number
}

/** The faults of a draft in order of their start; those whose phase is not there are left out. */
export function stretches(phases: readonly PhaseDraft[], faults: readonly FaultDraft[]): readonly Stretch[] {
  const starts = new Map<string, number>()
  let endMs = 0
  for (const phase of phases) {
    starts.set(phase.id, endMs)
    endMs += phase.forMs
  }
  const found = faults.flatMap((fault) => {
    const phaseMs = starts.get(fault.phase)
    if (phaseMs === undefined) return []
    const startMs = phaseMs + fault.atMs
    const healMs = startMs + fault.forMs
    return [{ fault, startMs, healMs, endMs: healMs + fault.recoveryMs }]
  })
  return found.sort((a, b) => a.startMs - b.startMs)
}

/** Those whose moments the plan names: what is drawn, or waited for, may meet another fault in the full plan as well. */
function fixedFaults(draft: Draft): readonly FaultDraft[] {
  const faults = draft.faults.filter(({ schedule: { kind } }) => kind === 'once' || kind === 'every')
  // Its own problems are told when the plan is laid out.
  return repeat({ ...draft, faults }, new Problems()).faults
}

function checkNeighbours(full: Draft, short: Draft, problems: Problems): void {
  const before = new Map(stretches(full.load.phases, fixedFaults(full)).map((each) => [each.fault.id, each]))
  const after = stretches(short.load.phases, fixedFaults(short))
  for (const [index, first] of after.entries()) {
    for (const second of after.slice(index + 1)) {
      const wasFirst = before.get(first.fault.id)
      const wasSecond = before.get(second.fault.id)
      const overlapped = wasFirst !== undefined && wasSecond !== undefined && wasFirst.endMs > wasSecond.startMs
      if (overlapped || first.endMs <= second.startMs) continue
      const { spot, id } = second.fault
      const { forMs, recoveryMs } = first.fault
      const parts = `${formatDurationMs(forMs)} and its recovery of ${formatDurationMs(recoveryMs)}`
      problems.add(
        placeOf(spot, 'start'),
        joinPath(spot.path, 'start.at'),
        `${id} at ${formatDurationMs(second.startMs)} of the quick run`,
        `a start at ${formatDurationMs(first.endMs)} of it or later: ${first.fault.id} starts at ` +
          `${formatDurationMs(first.startMs)}, --quick leaves it at least ${parts}; ` +
          `in the full plan keep ${formatDurationMs(apartInFull(first))} from start to start, or more`,
      )
    }
  }
}

/** How far from the start of a fault the next one must start in the full plan, so that the quick one fits. */
function apartInFull({ startMs, endMs }: Stretch): number {
  return Math.ceil((endMs - startMs) / quickFactor / 1_000) * 1_000
}
