import { runningIdsOf } from '../domain/instances.ts'
import type { Objective } from '../domain/plan.ts'
import type { Draft, FaultDraft } from './draft.ts'
import { draw } from './draw.ts'
import type { Problems } from './problems.ts'
import { formatDurationMs } from './quantity.ts'
import { joinPath, placeOf } from './shape.ts'

/**
 * A fault that comes several times becomes as many faults, `<id>-1` and on, and each objective on its windows as many
 * objectives: every injection is judged by itself. The same seed gives the same moments.
 */
export function repeat(draft: Draft, problems: Problems): Draft {
  const { nodes, links } = draft.stack
  const running = [...Object.keys(nodes), ...Object.keys(links)].flatMap((id) => [id, ...runningIdsOf(draft.stack, id)])
  const named = [...draft.faults, ...draft.objectives, ...draft.load.phases].map(({ id }) => id)
  const taken = new Set([...named, ...running])
  const counts = new Map<string, number>()
  const faults = draft.faults.flatMap((fault) => {
    const startsMs = startsOf(fault, draft, problems)
    if (startsMs === null) return [fault]
    counts.set(fault.id, startsMs.length)
    return startsMs.map((atMs, index): FaultDraft => {
      const id = numbered(fault.id, index)
      if (taken.has(id)) {
        const expected = `an id that leaves ${id} free, which is what one of its injections is called`
        problems.add(placeOf(fault.spot, 'id'), joinPath(fault.spot.path, 'id'), fault.id, expected)
      }
      return { ...fault, id, atMs, schedule: { kind: 'once' } }
    })
  })
  const objectives = draft.objectives.flatMap((objective) => forEach(objective, counts))
  const ids = [...faults, ...objectives].map(({ id }) => id)
  for (const fault of draft.faults.filter(({ id }) => counts.has(id))) {
    // Told of the fault: it is its times that make the objectives many.
    const twice = objectives.find(
      ({ id, during }) => during.startsWith(`${fault.id}-`) && ids.indexOf(id) !== ids.lastIndexOf(id),
    )
    if (twice === undefined) continue
    const expected = `objectives that leave ${twice.id} free, which is what one of those on its windows is called`
    problems.add(placeOf(fault.spot, 'start'), joinPath(fault.spot.path, 'start'), fault.id, expected)
  }
  return { ...draft, faults, objectives }
}

function numbered(id: string, index: number): string {
  return `${id}-${index + 1}`
}

/** From the start of the phase, in their order; null where the fault comes once. */
function startsOf(fault: FaultDraft, draft: Draft, problems: Problems): readonly number[] | null {
  const { schedule, atMs, spot } = fault
  if (schedule.kind === 'every') {
    const { everyMs, times } = schedule
    const lengthMs = fault.forMs + fault.recoveryMs
    if (times > 1 && everyMs < lengthMs) {
      const expected = `${formatDurationMs(lengthMs)} or more: so long is ${fault.id} with its recovery`
      problems.add(placeOf(spot, 'start'), joinPath(spot.path, 'start.every'), formatDurationMs(everyMs), expected)
    }
    return Array.from({ length: times }, (_, index) => atMs + index * everyMs)
  }
  return schedule.kind === 'random' ? drawStarts(fault, schedule.times, draft, problems) : null
}

/**
 * The rest of the phase in as many equal parts, one injection somewhere in each: the moments are spread over the phase,
 * and the injections never run into each other.
 */
function drawStarts(fault: FaultDraft, times: number, draft: Draft, problems: Problems): readonly number[] {
  const { id, atMs, forMs, recoveryMs, spot } = fault
  const phaseMs = draft.load.phases.find((phase) => phase.id === fault.phase)?.forMs ?? 0
  const partMs = (phaseMs - atMs) / times
  const spareMs = partMs - forMs - recoveryMs
  if (spareMs < 0) {
    const received = `${times} times in ${formatDurationMs(phaseMs - atMs)}`
    const expected = `room for each: ${id} with its recovery takes ${formatDurationMs(forMs + recoveryMs)}`
    problems.add(placeOf(spot, 'start'), joinPath(spot.path, 'start.random'), received, expected)
  }
  return Array.from({ length: times }, (_, index) => {
    const share = draw(draft.seed, numbered(id, index))
    return Math.round(atMs + index * partMs + share * Math.max(0, spareMs))
  })
}

function forEach(objective: Objective, counts: ReadonlyMap<string, number>): readonly Objective[] {
  const [fault = '', ...rest] = objective.during.split('.')
  const count = counts.get(fault)
  if (count === undefined) return [objective]
  return Array.from({ length: count }, (_, index) => ({
    ...objective,
    id: numbered(objective.id, index),
    during: [numbered(fault, index), ...rest].join('.'),
  }))
}
