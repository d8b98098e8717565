import type { Phase, Plan, PlannedFault, StackPlan } from '../domain/plan.ts'
import { stretches } from './adjust.ts'
import type { Draft, FaultDraft } from './draft.ts'
import type { Problems } from './problems.ts'
import { formatDurationMs } from './quantity.ts'
import { joinPath, placeOf } from './shape.ts'

/** Lays a draft out in time: phases one after the other from 0, faults at their place in them. */
export function layOut(draft: Draft, quick: boolean, problems: Problems): Plan {
  const phases = layPhases(draft)
  const endMs = phases.at(-1)?.endMs ?? 0
  for (const { fault, healMs, endMs: overMs } of stretches(draft.load.phases, draft.faults)) {
    checkStart(fault, draft, problems)
    checkLongEnough(fault, problems)
    checkEnd(fault, { healMs, overMs, endMs }, problems)
  }
  checkTogether(draft, phases, problems)
  const { name, seed, unknown, drill, observe, objectives } = draft
  const faults = draft.faults.map((fault) => planned(fault, phases))
  const load = { ...draft.load, phases }
  const stack = withOwnDisks(draft)
  return { squall: 1, name, seed, quick, unknown, stack, load, faults, drill, observe, objectives }
}

/** A database whose disk is to be filled must not take that of everybody else. */
function withOwnDisks({ stack, faults }: Draft): StackPlan {
  const filled = new Set(faults.filter(({ fillsDisk }) => fillsDisk).map(({ on }) => on))
  const nodes = Object.entries(stack.nodes).map(([id, node]) => [id, { ...node, ownDisk: filled.has(id) }])
  return { ...stack, nodes: Object.fromEntries(nodes) }
}

function layPhases(draft: Draft): readonly Phase[] {
  let endMs = 0
  return draft.load.phases.map(({ id, forMs, usersFrom, usersTo, judged }) => {
    const startMs = endMs
    endMs += forMs
    return { id, startMs, endMs, usersFrom, usersTo, judged }
  })
}

function planned(fault: FaultDraft, phases: readonly Phase[]): PlannedFault {
  const { id, on, instance, forMs, recoveryMs, judgedBy, schedule } = fault
  const phase = phases.find((each) => each.id === fault.phase)
  const startMs = (phase?.startMs ?? 0) + fault.atMs
  const where = instance === null ? { on } : { on, instance }
  const once = { id, fault: fault.fault, ...where, with: fault.with, startMs, forMs, recoveryMs, judgedBy }
  if (schedule.kind !== 'after') return once
  // So late that it and its recovery still fit into the load.
  const latestMs = (phases.at(-1)?.endMs ?? 0) - forMs - recoveryMs
  return { ...once, after: { condition: schedule.condition, latestMs: Math.min(phase?.endMs ?? 0, latestMs) } }
}

function checkStart({ spot, phase, atMs }: FaultDraft, draft: Draft, problems: Problems): void {
  const within = draft.load.phases.find(({ id }) => id === phase)
  if (within === undefined || atMs < within.forMs) return
  const expected = `a start within ${phase}, which takes ${formatDurationMs(within.forMs)}`
  problems.add(placeOf(spot, 'start'), joinPath(spot.path, 'start.at'), formatDurationMs(atMs), expected)
}

function checkLongEnough({ spot, fault, forMs, minimumForMs }: FaultDraft, problems: Problems): void {
  if (forMs >= minimumForMs) return
  const expected = `${formatDurationMs(minimumForMs)} or more: a shorter ${fault} cannot be told from none`
  problems.add(placeOf(spot, 'for'), joinPath(spot.path, 'for'), formatDurationMs(forMs), expected)
}

/** Two faults on one target at one time: only such as neither hide nor undo each other. */
function checkTogether({ faults }: Draft, phases: readonly Phase[], problems: Problems): void {
  const spans = faults.map((fault) => {
    const { startMs, forMs, after } = planned(fault, phases)
    return { fault, startMs, endMs: (after?.latestMs ?? startMs) + forMs }
  })
  for (const [index, first] of spans.entries()) {
    for (const second of spans.slice(index + 1)) {
      const [a, b] = [first.fault, second.fault]
      const areOthers = a.instance !== null && b.instance !== null && a.instance !== b.instance
      const areApart = a.on !== b.on || areOthers || first.endMs <= second.startMs || second.endMs <= first.startMs
      if (areApart || (a.combines && b.combines && a.fault !== b.fault)) continue
      problems.add(
        placeOf(b.spot, 'start'),
        joinPath(b.spot.path, 'start'),
        `${b.id} (${b.fault}) on ${b.on} from ${formatDurationMs(second.startMs)} to ${formatDurationMs(second.endMs)}`,
        `a time at which ${a.id} (${a.fault}) is not on ${a.on} as well: one would hide, or undo, the other`,
      )
    }
  }
}

interface Ends {
  readonly healMs: number
  readonly overMs: number
  /** Of the last phase. */
  readonly endMs: number
}

function checkEnd({ spot, id }: FaultDraft, { healMs, overMs, endMs }: Ends, problems: Problems): void {
  if (overMs <= endMs) return
  const key = healMs > endMs ? 'for' : 'recovery'
  const what = key === 'for' ? id : `the recovery of ${id}`
  const late = formatDurationMs(overMs - endMs)
  const received = `an end at ${formatDurationMs(overMs)}`
  const expected = `${what} to end with the load, at ${formatDurationMs(endMs)}, or before: it is ${late} too late`
  problems.add(placeOf(spot, key), joinPath(spot.path, key), received, expected)
}
