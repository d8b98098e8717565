import type { MeasureDescription } from '../../domain/catalogue.ts'
import type { Objective } from '../../domain/plan.ts'
import type { Unit, WindowKind } from '../../domain/verdict.ts'
import { type Known, textOf } from '../known.ts'
import { durationMsMax } from '../limits.ts'
import { didYouMean, listNames, type Problems } from '../problems.ts'
import { parseDurationMs } from '../quantity.ts'
import {
  anyText,
  bool,
  complain,
  duration,
  id,
  isWhole,
  joinPath,
  list,
  numberIn,
  object,
  oneOf,
  optional,
  placeOf,
  type Read,
  rate,
  readFields,
  receivedAt,
  required,
  type Spot,
  wholeIn,
} from '../shape.ts'
import { child, showTree } from '../tree.ts'

const raw: Read<Spot> = (spot) => spot

/** The description of a measure by its id; `*` in the catalogue's key stands for one part between dots. */
function findMeasure(id: string, measures: ReadonlyMap<string, MeasureDescription>): MeasureDescription | null {
  const exact = measures.get(id)
  if (exact !== undefined && !id.includes('*')) return exact
  const parts = id.split('.')
  for (const [pattern, description] of measures) {
    const wanted = pattern.split('.')
    if (!pattern.includes('*') || wanted.length !== parts.length) continue
    if (wanted.every((part, index) => part === parts[index] || (part === '*' && /^\w+$/.test(parts[index] ?? '')))) {
      return description
    }
  }
  return null
}

function measureId(known: Known): Read<string> {
  const { measures } = known.catalogue
  return (spot, problems) => {
    const found = textOf(spot.tree)
    if (found !== null && findMeasure(found, measures) !== null) return found
    const hint = didYouMean(found ?? '', measures.keys())
    return complain(spot, problems, `a measure: ${listNames(measures.keys())}${hint}`)
  }
}

/** Every window that the plan can have, with its kind, and whether it is judged at all. */
function windowsOf(known: Known): ReadonlyMap<string, { readonly kind: WindowKind; readonly judged: boolean }> {
  const windows = new Map<string, { kind: WindowKind; judged: boolean }>([['run', { kind: 'run', judged: true }]])
  for (const [phase, tree] of known.phases) {
    const flag = child(tree, 'judged')
    const judged = !(flag?.kind === 'scalar' && flag.value === false)
    windows.set(phase, { kind: 'phase', judged })
    windows.set(`${phase}.clear`, { kind: 'clear', judged })
  }
  for (const [fault, tree] of known.faults) {
    windows.set(fault, { kind: 'injection', judged: true })
    const recovery = child(tree, 'recovery')
    // A recovery of no length makes no window, and its objective would drop out of the verdict.
    if (recovery !== null && parseDurationMs(textOf(recovery) ?? '') !== 0)
      windows.set(`${fault}.recovery`, { kind: 'recovery', judged: true })
  }
  return windows
}

function windowId(known: Known): Read<string> {
  const windows = windowsOf(known)
  return (spot, problems) => {
    const name = textOf(spot.tree) ?? ''
    const fault = name.endsWith('.recovery') ? name.slice(0, -'.recovery'.length) : ''
    if (!windows.has(name) && known.faults.has(fault)) {
      return complain(
        spot,
        problems,
        `a window of the plan; ${fault} has no recovery: give it one, such as recovery: 20 s`,
      )
    }
    return oneOf(windows.keys(), 'a window')(spot, problems)
  }
}

const boundReaders: Readonly<Record<Exclude<Unit, 'bool'>, Read<number>>> = {
  ms: duration(0, durationMsMax),
  s: (spot, problems) => {
    const ms = duration(0, durationMsMax)(spot, problems)
    return ms === undefined ? undefined : ms / 1_000
  },
  ratio: numberIn(0, 1, 'a ratio'),
  count: wholeIn(0, Number.MAX_SAFE_INTEGER),
  'calls/s': rate(0, Number.POSITIVE_INFINITY),
}

interface Bound {
  readonly max: number | null
  readonly min: number | null
  readonly is: boolean | null
  readonly boundText: string
}

const boundKeys = ['max', 'min', 'is'] as const

/** Exactly one of max, min and is, in the measure's unit. */
function readBound(spot: Spot, measure: MeasureDescription | null, problems: Problems): Bound | undefined {
  const given = boundKeys.filter((key) => child(spot.tree, key) !== null)
  const [key] = given
  if (key === undefined || given.length > 1) {
    const received = given.length === 0 ? 'no bound' : given.join(' and ')
    const bounds = measure?.bounds ?? boundKeys
    const expected = bounds.length === 1 ? `${bounds[0]} alone` : `exactly one of ${bounds.join(', ')}`
    problems.add(spot.tree.place, spot.path, received, expected)
    return undefined
  }
  const tree = child(spot.tree, key)
  if (measure === null || tree === null) return undefined
  const at = { tree, path: joinPath(spot.path, key) }
  if (!measure.bounds.includes(key)) {
    const expected = `${measure.bounds.join(' or ')} as the bound of this measure, whose unit is ${measure.unit}`
    problems.add(tree.place, at.path, `${key}: ${showTree(tree)}`, expected)
    return undefined
  }
  const none = { max: null, min: null, is: null, boundText: showTree(tree) }
  if (measure.unit === 'bool') {
    const is = bool(at, problems)
    return is === undefined ? undefined : { ...none, is }
  }
  const value = boundReaders[measure.unit](at, problems)
  return value === undefined ? undefined : { ...none, [key]: value }
}

function toolName(known: Known): Read<string> {
  const tools = known.calls
  if (tools === null) return anyText
  return (spot, problems) =>
    textOf(spot.tree) === '*'
      ? '*'
      : oneOf(tools.keys(), '"*" for each tool, or a tool of the workload')(spot, problems)
}

function readObjective(known: Known): Read<Objective> {
  const fields = {
    id: required(id),
    measure: required(measureId(known)),
    during: required(windowId(known)),
    max: optional<Spot | null>(raw, null),
    min: optional<Spot | null>(raw, null),
    is: optional<Spot | null>(raw, null),
    where: optional<{ readonly tool: string } | null>(object({ tool: required(toolName(known)) }), null),
    within: optional<number | null>(duration(1, durationMsMax), null),
    judged: optional(bool, true),
  }
  const windows = windowsOf(known)
  return (spot, problems) => {
    const values = readFields(spot, fields, problems)
    const measure = findMeasure(values?.measure ?? '', known.catalogue.measures)
    const bound = readBound(spot, measure, problems)
    const { measure: measureName = '', during = '' } = values ?? {}
    const window = windows.get(during)
    if (measure !== null && window !== undefined && !measure.windows.includes(window.kind)) {
      const expected = `a window that is a ${measure.windows.join(', a ')}: only there can ${measureName} be measured`
      problems.add(placeOf(spot, 'during'), joinPath(spot.path, 'during'), during, expected)
    }
    if (window?.judged === false && values?.judged === true) {
      const expected = `judged: false, since the phase of ${during} is not judged`
      problems.add(placeOf(spot, 'judged'), joinPath(spot.path, 'judged'), 'true', expected)
    }
    if (measure !== null) checkExtras(spot, measureName, measure, problems)
    if (!isWhole(values) || bound === undefined) return undefined
    const { where, judged } = values
    return { id: values.id, measure: measureName, during, ...bound, where, withinMs: values.within, judged }
  }
}

/** `where` and `within` change what is measured, so that they may not stand where they would be ignored. */
function checkExtras(spot: Spot, name: string, { perTool }: MeasureDescription, problems: Problems): void {
  const refuse = (key: string, expected: string): void =>
    problems.add(placeOf(spot, key), joinPath(spot.path, key), receivedAt(spot, key), expected)
  const wantsWithin = name === 'tool.good_ratio'
  const hasWithin = child(spot.tree, 'within') !== null
  if (wantsWithin && !hasWithin) refuse('within', 'the longest latency that counts as good, such as within: 1 s')
  if (hasWithin && !wantsWithin) refuse('within', 'nothing: only tool.good_ratio has within')
  if (!perTool && child(spot.tree, 'where') !== null) refuse('where', `nothing: ${name} cannot be taken for one tool`)
}

/** `objectives`: the bounds that decide the verdict. */
export function readObjectives(known: Known): Read<readonly Objective[]> {
  return list(readObjective(known))
}
