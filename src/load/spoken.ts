import type { HttpWorkload } from '../../scenarios/lib/http.ts'
import type { AnyWorkload, PlannedWorkload, WorkloadExport } from '../../scenarios/lib/planned.ts'
import { made } from '../../scenarios/lib/planned.ts'
import { connectionModes, type SqlWorkload } from '../../scenarios/lib/sql.ts'
import type { JsonObject } from '../domain/json.ts'
import { callsKey, type Protocol, type ReadWords } from '../domain/words.ts'
import { importWorkload } from './import-workload.ts'
import { LoadError } from './load-error.ts'
import type { WeightedTool } from './workload.ts'

/** What a workload file may export, for whatever protocol. */
const hint = 'docs/writing-a-workload.md says what a workload file exports'

/** Imports a workload of any protocol. Throws a LoadError that says what is missing. */
export async function loadExport(file: string): Promise<WorkloadExport> {
  const found = await importWorkload(file).catch((cause: unknown) => {
    throw new LoadError('workload', `${file} cannot be imported: ${firstLine(cause)}`, hint, { cause })
  })
  // What makes a workload of the plan's tools is for the loader of MCP workloads to call.
  if (typeof found === 'function') return found as unknown as WorkloadExport
  const missing = missingIn(found)
  if (missing.length > 0) throw new LoadError('workload', `${file} is no workload: ${missing.join('; ')}`, hint)
  return found as WorkloadExport
}

/** What its users speak. */
export function protocolOf(workload: WorkloadExport): Protocol {
  return workload.protocol ?? 'mcp'
}

/** How a workload reads `load.with`; undefined: it has calls of its own. */
export function readWordsOf(workload: WorkloadExport): ReadWords | undefined {
  if (!('fromPlan' in workload)) return undefined
  return (words) => {
    const found = workload.fromPlan(words)
    if (!('name' in found)) return found
    return new Map(ownCalls(found).map(({ name, weight }) => [name, weight]))
  }
}

type Spoken = HttpWorkload | SqlWorkload

export interface SpokenWorkload {
  readonly workload: Spoken
  readonly calls: readonly WeightedTool[]
}

/** A workload with the plan's words, which have been checked, and the shares of its calls. Throws a LoadError. */
export async function loadSpoken(file: string, words: Readonly<Record<string, unknown>>): Promise<SpokenWorkload> {
  const found = await loadExport(file)
  if ('fromPlan' in found) {
    const workload = made<Spoken>(found as PlannedWorkload<Spoken>, words as JsonObject)
    return { workload, calls: ownCalls(workload) }
  }
  if (!isSpoken(found)) throw new LoadError('workload', `${file} speaks MCP, and was to be played otherwise`, hint)
  const changed = (words[callsKey[found.protocol]] ?? {}) as Readonly<Record<string, { readonly weight: number }>>
  const calls = ownCalls(found).map(({ name, weight }) => ({ name, weight: changed[name]?.weight ?? weight }))
  return { workload: found, calls }
}

function isSpoken(workload: AnyWorkload): workload is Spoken {
  return protocolOf(workload) !== 'mcp'
}

/** Its calls with their own shares. */
export function ownCalls(workload: Spoken): WeightedTool[] {
  const calls = workload.protocol === 'http' ? workload.requests : workload.statements
  return calls.map(({ name, weight }) => ({ name, weight }))
}

/** All that keeps a value from being a workload, in words. */
function missingIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return ['it exports no object by default']
  const { name, protocol = 'mcp', fromPlan, connections } = value as Readonly<Record<string, unknown>>
  const missing: string[] = []
  if (typeof name !== 'string' || name === '') missing.push('it has no name')
  if (protocol !== 'mcp' && protocol !== 'http' && protocol !== 'sql')
    return [...missing, `its protocol is ${JSON.stringify(protocol)}, and mcp, http and sql are known`]
  if (fromPlan !== undefined) return typeof fromPlan === 'function' ? missing : [...missing, 'fromPlan is no function']
  if (protocol === 'sql' && !connectionModes.some((mode) => mode === connections))
    missing.push(`connections is ${JSON.stringify(connections)}, not ${connectionModes.join(' or ')}`)
  const key = callsKey[protocol]
  const calls = (value as Readonly<Record<string, unknown>>)[key]
  if (!Array.isArray(calls) || calls.length === 0) return [...missing, `it has no list of ${key}`]
  return [...missing, ...calls.flatMap((call: unknown, index) => missingInCall(call, `${key}[${index}]`, protocol))]
}

const whatCallsAre = { mcp: ['arguments', 'function'], http: ['request', 'function'], sql: ['sql', 'string'] } as const

function missingInCall(call: unknown, at: string, protocol: Protocol): string[] {
  if (typeof call !== 'object' || call === null) return [`${at} is no object`]
  const own = call as Readonly<Record<string, unknown>>
  const [key, type] = whatCallsAre[protocol]
  return [
    ...(typeof own.name === 'string' && own.name !== '' ? [] : [`${at} has no name`]),
    ...(typeof own.weight === 'number' && own.weight >= 0 ? [] : [`${at}.weight is no number of at least 0`]),
    ...(typeof own[key] === type ? [] : [`${at}.${key} is no ${type}`]),
  ]
}

function firstLine(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause)
  return text.trim().split('\n').slice(0, 2).join(' ')
}
