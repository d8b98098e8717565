import type { FaultDescription, ParameterDescription } from '../../domain/catalogue.ts'
import type { StartCondition } from '../../domain/plan.ts'
import type { FaultDraft, Schedule } from '../draft.ts'
import type { Known } from '../known.ts'
import { textOf } from '../known.ts'
import { durationMsMax, instancesMax, timesMax } from '../limits.ts'
import type { Problems } from '../problems.ts'
import {
  anyText,
  bool,
  complain,
  duration,
  type Field,
  id,
  isWhole,
  list,
  numberIn,
  object,
  oneOf,
  optional,
  type Read,
  rate,
  readFields,
  required,
  type Spot,
  size,
  tableName,
  wholeIn,
} from '../shape.ts'
import { child, type Tree } from '../tree.ts'
import { hooksLacking } from './hooks.ts'

type ParameterValue = number | string | boolean

function readParameter(description: ParameterDescription): Read<ParameterValue> {
  const { kind, min = 0, max = Number.POSITIVE_INFINITY, choices = [] } = description
  switch (kind) {
    case 'duration':
      return duration(min, Math.min(max, durationMsMax))
    case 'count':
      return wholeIn(min, Math.min(max, Number.MAX_SAFE_INTEGER))
    case 'ratio':
      return numberIn(min, Math.min(max, 1), 'a ratio')
    case 'rate':
      return rate(min, max)
    case 'size':
      return size(min, max)
    case 'choice':
      return oneOf(choices, 'one of')
    case 'bool':
      return bool
    case 'name':
      return tableName
  }
}

/** The parameters of a fault as its description has them; defaults filled in. */
function parameters(fault: FaultDescription | undefined): Read<Readonly<Record<string, ParameterValue>>> {
  // An unknown fault has been told already; its parameters cannot be judged.
  if (fault === undefined) return () => ({})
  const fields = Object.entries(fault.parameters).map(([name, description]): [string, Field<ParameterValue>] => {
    const read = readParameter(description)
    return [name, description.default === undefined ? required(read) : optional(read, description.default)]
  })
  return object(Object.fromEntries(fields))
}

/** Where a fault may act: the links or the nodes of the plan, as the fault wants. */
function target(fault: FaultDescription | undefined, known: Known): Read<string> {
  if (known.isExternal && (fault?.on === 'node' || known.links.size === 0)) return ofOthers
  const isToDatabase = ([, link]: readonly [string, Tree]) => {
    const to = known.nodes.get(textOf(child(link, 'to')) ?? '')
    return textOf(child(to ?? null, 'role')) === 'postgres'
  }
  if (fault?.isToDatabase) {
    const links = [...known.links].filter(isToDatabase).map(([name]) => name)
    return oneOf(links, `a link to a database, since ${fault.name} acts on no other`)
  }
  const names = { link: [...known.links.keys()], node: [...known.nodes.keys()] }
  if (fault === undefined) return oneOf([...names.link, ...names.node], 'a link or a node')
  if (fault.on === 'link' || fault.roles === undefined)
    return oneOf(names[fault.on], `a ${fault.on}, since ${fault.name} acts on ${fault.on}s`)
  const roles: readonly (string | null)[] = fault.roles
  const isRefused = (fault.isReplicated && !known.isReplicated) || (fault.standsAlone && known.isReplicated)
  const fits = ([, node]: readonly [string, Tree]) =>
    roles.includes(textOf(child(node, 'role'))) &&
    (fault.needsBackups === undefined || backsUp(node, fault.needsBackups))
  const fitting = isRefused ? [] : [...known.nodes].filter(fits).map(([id]) => id)
  const where = whereOf(fault)
  return oneOf(fitting, `a ${roles.join(' or ')} node${where}, since ${fault.name} acts on no other`)
}

/** A fault is undone by whoever holds what it acts on. */
const ofOthers: Read<string> = (spot, problems) =>
  complain(
    spot,
    problems,
    'no fault: Squall did not start this server, so that it could neither harm nor heal it; with kind: local it starts it, by the `command` of the node',
  )

function backsUp(node: Tree, need: 'any' | 'archive'): boolean {
  const backups = child(node, 'backups')
  const archive = child(backups, 'archive')
  return backups !== null && (need === 'any' || archive?.kind !== 'scalar' || archive.value !== false)
}

function whereOf({ isReplicated, standsAlone, needsBackups }: FaultDescription): string {
  if (isReplicated) return ' of a stack in which a database follows another'
  const alone = standsAlone ? ' that no other follows' : ''
  if (needsBackups === undefined) return alone
  return `${alone} with backups${needsBackups === 'archive' ? ' and an archive' : ''}, such as backups: {archive: true}`
}

/** Of what the fault is on: none where there is only one. */
function oneInstance({ tree }: Spot, known: Known): Read<number> {
  const on = textOf(child(tree, 'on')) ?? ''
  const count = known.instances.get(on)
  return (spot, problems) => {
    // What it is on, or how many there are of that, is wrong and has been told.
    if (count === undefined) return wholeIn(1, instancesMax)(spot, problems)
    if (count > 1) return wholeIn(1, count)(spot, problems)
    return complain(
      spot,
      problems,
      `nothing: there is one ${on}; a server with \`instances\`, and links from it, have more`,
    )
  }
}

const startFields = (known: Known) => ({
  phase: required(oneOf(known.phases.keys(), 'a phase')),
  at: optional(duration(0, durationMsMax), 0),
  after: optional<StartCondition | null>(condition(known), null),
  every: optional<number | null>(duration(1, durationMsMax), null),
  times: optional<number | null>(wholeIn(1, timesMax), null),
  random: optional<number | null>(wholeIn(1, timesMax), null),
})

interface Start {
  readonly phase: string
  readonly at: number
  readonly schedule: Schedule
}

/** When a fault comes: once, `every` so long `times` times, `random` so many times, or `after` something has come. */
function start(known: Known): Read<Start> {
  const fields = startFields(known)
  return (spot, problems) => {
    const values = readFields(spot, fields, problems)
    if (!isWhole(values)) return undefined
    const { phase, at, after, every, times, random } = values
    const given = Object.entries({ after, every, random }).filter(([, value]) => value !== null)
    if (given.length > 1)
      return complain(spot, problems, `one of after, every and random, not ${given.map(([key]) => key).join(' and ')}`)
    if ((every === null) !== (times === null))
      return complain(spot, problems, 'every and times together, such as {every: 30 s, times: 3}')
    if (after !== null) return { phase, at, schedule: { kind: 'after', condition: after } }
    if (random !== null) return { phase, at, schedule: { kind: 'random', times: random } }
    if (every !== null && times !== null) return { phase, at, schedule: { kind: 'every', everyMs: every, times } }
    return { phase, at, schedule: { kind: 'once' } }
  }
}

function condition(known: Known): Read<StartCondition> {
  const fields = {
    calls: optional<number | null>(wholeIn(1, Number.MAX_SAFE_INTEGER), null),
    log: optional<string | null>(anyText, null),
    node: optional<string | null>(oneOf(known.nodes.keys(), 'a node'), null),
    lag: optional<number | null>(duration(1, durationMsMax), null),
  }
  return (spot, problems) => {
    const values = readFields(spot, fields, problems)
    if (!isWhole(values)) return undefined
    const { calls, log, node, lag } = values
    const given = Object.keys(values).filter((key) => values[key as keyof typeof values] !== null)
    if (calls !== null && given.length === 1) return { kind: 'calls', count: calls }
    if (log !== null && node !== null && given.length === 2) return { kind: 'log', node, text: log }
    if (lag !== null && given.length === 1 && known.isReplicated) return { kind: 'lag', ms: lag }
    if (lag !== null && !known.isReplicated)
      return complain(spot, problems, 'no lag: no database of the stack follows another')
    return complain(spot, problems, '{calls: 500}, {log: some text, node: server} or {lag: 5 s}')
  }
}

function readFault(known: Known): Read<FaultDraft> {
  return (spot, problems) => {
    const description = known.catalogue.faults.get(textOf(child(spot.tree, 'fault')) ?? '')
    const values = readFields(
      spot,
      {
        id: required(id),
        fault: required(oneOf(known.catalogue.faults.keys(), 'a fault')),
        on: required(target(description, known)),
        instance: optional<number | null>(oneInstance(spot, known), null),
        // Not `optional`: without `with`, required parameters are still missing.
        with: optional<Readonly<Record<string, ParameterValue>> | null>(parameters(description), null),
        start: required(start(known)),
        for: required(duration(1, durationMsMax)),
        recovery: optional(duration(0, durationMsMax), 0),
      },
      problems,
    )
    if (!isWhole(values) || description === undefined) return undefined
    const lacking = description.byHooks ? hooksLacking(known) : []
    if (lacking.length > 0)
      return complain(spot, problems, `${lacking.join(' and ')}: ${values.fault} is made and healed by them`)
    const given = values.with ?? withoutParameters(description, spot, problems)
    if (given === undefined) return undefined
    return {
      id: values.id,
      fault: values.fault,
      on: values.on,
      instance: values.instance,
      with: given,
      phase: values.start.phase,
      atMs: values.start.at,
      schedule: values.start.schedule,
      forMs: values.for,
      recoveryMs: values.recovery,
      minimumForMs: description.minimumForMs,
      judgedBy: description.judgedBy,
      combines: description.combines === true,
      fillsDisk: description.fillsDisk === true,
      spot,
    }
  }
}

function withoutParameters(description: FaultDescription, spot: FaultDraft['spot'], problems: Problems) {
  const tree = { kind: 'map', entries: new Map(), place: spot.tree.place } as const
  return parameters(description)({ tree, path: `${spot.path}.with` }, problems)
}

/** `faults`: what is done to the stack, and when. */
export function readFaults(known: Known): Read<readonly FaultDraft[]> {
  return (spot, problems) =>
    spot.tree.kind === 'list' ? list(readFault(known))(spot, problems) : complain(spot, problems, 'a list of faults')
}
