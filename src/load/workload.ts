import { existsSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import type { PlannedTool, Workload, WorkloadMaker } from '../../scenarios/lib/workload.ts'
import type { ToolPlan } from '../domain/tool-plan.ts'
import { importWorkload } from './import-workload.ts'
import { LoadError } from './load-error.ts'
import { type RowsPlace, resolveTools } from './planned-tools.ts'
import { scenariosFolder } from './scenarios-folder.ts'

export interface WeightedTool {
  readonly name: string
  readonly weight: number
}

/** The file of a workload: a name in scenarios/, or an absolute path. Throws a LoadError where there is none. */
export function workloadFile(name: string): string {
  const file = isAbsolute(name) ? name : join(scenariosFolder, `${name}.ts`)
  if (existsSync(file)) return file
  throw new LoadError('workload', `there is no workload "${name}"`, `expected a file ${file}`)
}

/**
 * Imports a workload, which is data and pure functions, into this process; or what makes one of a plan's tools. Throws
 * a LoadError for what is neither.
 */
export async function loadWorkload(file: string): Promise<Workload | WorkloadMaker> {
  const hint = 'a workload file exports by default an object with a name and a list of tools'
  const workload = await importWorkload(file).catch((cause: unknown) => {
    throw new LoadError('workload', `${file} cannot be imported: ${String(cause)}`, hint, { cause })
  })
  if (typeof workload === 'function') return workload as WorkloadMaker
  if (!isWorkload(workload)) throw new LoadError('workload', `${file} does not export a workload`, hint)
  return workload
}

export interface LoadedWorkload {
  readonly workload: Workload
  readonly tools: readonly WeightedTool[]
  /** With what their arguments are made of; null where the workload has tools of its own. */
  readonly planned: readonly PlannedTool[] | null
}

/** A workload as a plan has it: its own tools with the plan's weights, or the plan's tools. Throws a LoadError. */
export async function workloadOf(
  file: string,
  words: Readonly<Record<string, unknown>>,
  place: RowsPlace,
): Promise<LoadedWorkload> {
  const loaded = await loadWorkload(file)
  if (typeof loaded !== 'function') return { workload: loaded, tools: weightedTools(loaded, words), planned: null }
  const planned = await resolveTools((words.tools ?? {}) as Readonly<Record<string, ToolPlan>>, place)
  return { workload: loaded(planned), tools: planned.map(({ name, weight }) => ({ name, weight })), planned }
}

function isWorkload(value: unknown): value is Workload {
  if (typeof value !== 'object' || value === null) return false
  return 'name' in value && typeof value.name === 'string' && 'tools' in value && Array.isArray(value.tools)
}

/**
 * The workload's tools with the weights of the plan's `load.with.tools.<name>.weight` in place of their own. Those of
 * weight 0 are left out: nothing calls them, not even before the load for the sake of their answers.
 * Throws one LoadError that lists every problem.
 */
export function weightedTools(workload: Workload, overrides: Readonly<Record<string, unknown>>): WeightedTool[] {
  const weights = new Map(workload.tools.map((tool) => [tool.name, tool.weight]))
  const problems: string[] = []
  const { tools, ...others } = overrides
  for (const key of Object.keys(others)) problems.push(`load.with.${key}: a workload takes nothing but tools`)
  for (const [name, value] of Object.entries(record(tools))) {
    const { weight, answers: _, ...rest } = record(value) // of its answers the verdict speaks
    for (const key of Object.keys(rest)) problems.push(`load.with.tools.${name}.${key}: expected nothing but a weight`)
    if (!weights.has(name)) problems.push(`load.with.tools.${name}: workload ${workload.name} has no such tool`)
    else if (typeof weight === 'number' && weight >= 0 && Number.isFinite(weight)) weights.set(name, weight)
    else problems.push(`load.with.tools.${name}.weight: expected a number of at least 0, got ${JSON.stringify(weight)}`)
  }
  if (!Array.from(weights.values()).some((weight) => weight > 0)) problems.push('load.with.tools: every weight is 0')
  problems.push(...readersOfNone(workload, weights))
  if (problems.length > 0) {
    throw new LoadError('workload', problems.join('; '), `tools of ${workload.name}: ${[...weights.keys()].join(', ')}`)
  }
  return Array.from(weights, ([name, weight]) => ({ name, weight })).filter(({ weight }) => weight > 0)
}

/** Tools that would be called without ever having arguments, since the one that gives them is never called. */
function readersOfNone({ tools }: Workload, weights: ReadonlyMap<string, number>): string[] {
  const isOff = (name: string): boolean => weights.get(name) === 0
  return tools.flatMap(({ name, after }) =>
    after === undefined || isOff(name) || !isOff(after)
      ? []
      : [
          `load.with.tools.${after}.weight: ${name} takes its arguments from the answers of ${after}, which is off (weight 0)`,
        ],
  )
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}
