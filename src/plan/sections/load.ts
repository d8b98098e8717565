import type { DatabasePlace } from '../../domain/plan.ts'
import { callsKey } from '../../domain/words.ts'
import type { Draft, PhaseDraft } from '../draft.ts'
import type { Known } from '../known.ts'
import { callTimeoutMsMin, drainMsMax, durationMsMax, paceMsMin, phaseMsMin, usersMax, weightMax } from '../limits.ts'
import { didYouMean, listNames, type Problems } from '../problems.ts'
import {
  bool,
  complain,
  duration,
  type Field,
  id,
  joinPath,
  later,
  list,
  mapOf,
  numberIn,
  object,
  optional,
  placeOf,
  type Read,
  receivedAt,
  required,
  wholeIn,
} from '../shape.ts'
import { child } from '../tree.ts'
import { sameAnswers } from './same-answers.ts'
import { plannedTools } from './tools.ts'
import { databasePlace, describedWorkload, spokenBy, wordsFor, workloadName } from './workload.ts'

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

/** A workload reads its words itself, or has calls of its own, whose weights a plan may change. */
function words(known: Known): Field<Readonly<Record<string, unknown>>> {
  const workload = describedWorkload(known)
  // One that cannot be used has been told; nobody knows what words it would take.
  if (workload?.problem !== undefined) return { read: () => ({}), absent: { value: {} } }
  if (workload?.fromPlan !== undefined) return required(wordsFor(workload.fromPlan))
  if (workload?.tools === null && (workload.protocol ?? 'mcp') === 'mcp')
    return required(object({ tools: required(plannedTools(known)) }))
  const key = callsKey[workload?.protocol ?? 'mcp']
  return optional<Readonly<Record<string, unknown>>>(object({ [key]: optional(changed(known), {}) }), { [key]: {} })
}

function database(known: Known): Field<DatabasePlace | null> {
  if (describedWorkload(known)?.protocol === 'sql' && known.isExternal) return required(databasePlace(known))
  if (describedWorkload(known)?.protocol === 'sql') return optional<DatabasePlace | null>(databasePlace(known), null)
  return later('only a workload that speaks SQL has a database of its own to go to')
}

interface ChangedCall {
  readonly weight: number
  readonly answers?: 'same'
}

/** What a plan may say of the calls that a workload has of its own. */
function changed(known: Known): Read<Readonly<Record<string, ChangedCall>>> {
  const tools = known.calls
  const weight = numberIn(0, weightMax)
  return mapOf((name) => (spot, problems) => {
    checkTool(name, tools, spot.path, spot.tree.place, problems)
    if (describedWorkload(known)?.protocol === 'sql') return object({ weight: required(weight) })(spot, problems)
    const own = tools?.get(name)
    const isWeightless = own !== undefined && child(spot.tree, 'answers') !== null
    const found = object({
      weight: isWeightless ? optional(weight, own) : required(weight),
      answers: sameAnswers,
    })(spot, problems)
    if (found === undefined) return undefined
    return { weight: found.weight, ...(found.answers === null ? {} : { answers: found.answers }) }
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
      workload: required(workloadName(known)),
      with: words(known),
      database: database(known),
      pace: required(duration(paceMsMin, durationMsMax)),
      call_timeout: optional(duration(callTimeoutMsMin, durationMsMax), 35_000),
      drain: optional(duration(0, drainMsMax), 5_000),
      instances: optional(oneInstance, 1),
      phases: required(phases),
    })(spot, problems)
    if (load === undefined) return undefined
    const { workload, instances, pace: paceMs, call_timeout: callTimeoutMs, drain: drainMs } = load
    const spoken = spokenBy(known, load.database)
    return { workload, ...spoken, with: load.with, paceMs, callTimeoutMs, drainMs, instances, phases: load.phases }
  }
}

const oneInstance: Read<1> = (spot, problems) => {
  if (spot.tree.kind === 'scalar' && spot.tree.value === 1) return 1
  return complain(spot, problems, '1: more generators are not in this version')
}
