import type { Draft, PhaseDraft } from '../draft.ts'
import type { Known } from '../known.ts'
import { callTimeoutMsMin, drainMsMax, durationMsMax, paceMsMin, phaseMsMin, usersMax, weightMax } from '../limits.ts'
import { didYouMean, listNames, type Problems } from '../problems.ts'
import {
  bool,
  complain,
  duration,
  id,
  joinPath,
  list,
  mapOf,
  numberIn,
  object,
  oneOf,
  optional,
  placeOf,
  type Read,
  receivedAt,
  required,
  wholeIn,
} from '../shape.ts'

/** `1000`, or `[from, to]` for a straight rise or fall over the phase. */
const users: Read<readonly [number, number]> = (spot, problems) => {
  const count = wholeIn(0, usersMax)
  if (spot.tree.kind !== 'list') {
    const steady = count(spot, problems)
    return steady === undefined ? undefined : [steady, steady]
  }
  if (spot.tree.items.length !== 2) return complain(spot, problems, 'a number of users, or [from, to]')
  const [from, to] = list(count)(spot, problems) ?? []
  return from === undefined || to === undefined ? undefined : [from, to]
}

const phase: Read<PhaseDraft> = (spot, problems) => {
  const found = object({
    id: required(id),
    for: required(duration(phaseMsMin, durationMsMax)),
    users: required(users),
    judged: optional(bool, true),
  })(spot, problems)
  if (found === undefined) return undefined
  const [usersFrom, usersTo] = found.users
  return { id: found.id, forMs: found.for, usersFrom, usersTo, judged: found.judged, spot }
}

const phases: Read<readonly PhaseDraft[]> = (spot, problems) => {
  const found = list(phase, 1)(spot, problems)
  if (found === undefined) return undefined
  for (const [index, { usersFrom, spot: at }] of found.entries()) {
    const before = found[index - 1]
    if (before === undefined || before.usersTo === usersFrom) continue
    const expected = `to begin with the ${before.usersTo} users with which ${before.id} ends, or a phase in between`
    problems.add(placeOf(at, 'users'), joinPath(at.path, 'users'), receivedAt(at, 'users'), expected)
  }
  if (found.some(({ usersFrom, usersTo }) => usersFrom + usersTo > 0)) return found
  return complain(spot, problems, 'at least one user in some phase')
}

function weights(known: Known): Read<Readonly<Record<string, { readonly weight: number }>>> {
  const tools = known.catalogue.workloads.get(known.workload ?? '')?.tools ?? null
  return mapOf((name) => (spot, problems) => {
    checkTool(name, tools, spot.path, spot.tree.place, problems)
    return object({ weight: required(numberIn(0, weightMax)) })(spot, problems)
  })
}

function checkTool(
  name: string,
  tools: ReadonlyMap<string, number> | null,
  path: string,
  place: PhaseDraft['spot']['tree']['place'],
  problems: Problems,
): void {
  if (tools === null || tools.has(name)) return
  problems.add(place, path, name, `a tool of the workload: ${listNames(tools.keys())}${didYouMean(name, tools.keys())}`)
}

/** `load`: who calls what, how often, and for how long. */
export function readLoad(known: Known): Read<Draft['load']> {
  return (spot, problems) => {
    const load = object({
      workload: required(oneOf(known.catalogue.workloads.keys(), 'a workload')),
      with: optional(object({ tools: optional(weights(known), {}) }), { tools: {} }),
      pace: required(duration(paceMsMin, durationMsMax)),
      call_timeout: optional(duration(callTimeoutMsMin, durationMsMax), 35_000),
      drain: optional(duration(0, drainMsMax), 5_000),
      instances: optional(oneInstance, 1),
      phases: required(phases),
    })(spot, problems)
    if (load === undefined) return undefined
    const { workload, instances, pace: paceMs, call_timeout: callTimeoutMs, drain: drainMs } = load
    return { workload, with: load.with, paceMs, callTimeoutMs, drainMs, instances, phases: load.phases }
  }
}

const oneInstance: Read<1> = (spot, problems) => {
  if (spot.tree.kind === 'scalar' && spot.tree.value === 1) return 1
  return complain(spot, problems, '1: more generators are not in this version')
}
