import { existsSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Workload } from '../../scenarios/lib/workload.ts'
import { LoadError } from './load-error.ts'

/** The folder of the workloads that come with Squall. */
export const scenariosFolder = fileURLToPath(new URL('../../scenarios/', import.meta.url))

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

/** Imports a workload, which is data and pure functions, into this process. Throws a LoadError for what is not one. */
export async function loadWorkload(file: string): Promise<Workload> {
  const hint = 'a workload file exports by default an object with a name and a list of tools'
  const module: { default?: unknown } = await import(pathToFileURL(file).href).catch((cause: unknown) => {
    throw new LoadError('workload', `${file} cannot be imported: ${String(cause)}`, hint, { cause })
  })
  const workload = module.default
  if (!isWorkload(workload)) throw new LoadError('workload', `${file} does not export a workload`, hint)
  return workload
}

function isWorkload(value: unknown): value is Workload {
  if (typeof value !== 'object' || value === null) return false
  return 'name' in value && typeof value.name === 'string' && 'tools' in value && Array.isArray(value.tools)
}

/**
 * The workload's tools with the weights of the plan's `load.with.tools.<name>.weight` in place of their own.
 * Throws one LoadError that lists every problem.
 */
export function weightedTools(workload: Workload, overrides: Readonly<Record<string, unknown>>): WeightedTool[] {
  const weights = new Map(workload.tools.map((tool) => [tool.name, tool.weight]))
  const problems: string[] = []
  const { tools, ...others } = overrides
  for (const key of Object.keys(others)) problems.push(`load.with.${key}: a workload takes nothing but tools`)
  for (const [name, value] of Object.entries(record(tools))) {
    const { weight, ...rest } = record(value)
    for (const key of Object.keys(rest)) problems.push(`load.with.tools.${name}.${key}: expected nothing but a weight`)
    if (!weights.has(name)) problems.push(`load.with.tools.${name}: workload ${workload.name} has no such tool`)
    else if (typeof weight === 'number' && weight >= 0 && Number.isFinite(weight)) weights.set(name, weight)
    else problems.push(`load.with.tools.${name}.weight: expected a number of at least 0, got ${JSON.stringify(weight)}`)
  }
  if (!Array.from(weights.values()).some((weight) => weight > 0)) problems.push('load.with.tools: every weight is 0')
  if (problems.length > 0) {
    throw new LoadError('workload', problems.join('; '), `tools of ${workload.name}: ${[...weights.keys()].join(', ')}`)
  }
  return Array.from(weights, ([name, weight]) => ({ name, weight }))
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}
