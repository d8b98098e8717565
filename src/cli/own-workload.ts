import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Catalogue, WorkloadDescription } from '../domain/catalogue.ts'
import { loadExport, ownCalls, protocolOf, readWordsOf } from '../load/spoken.ts'
import { loadWorkload } from '../load/workload.ts'
import type { OwnWorkload } from '../plan/own-workload.ts'

/** The catalogue with the workload that a plan names by its path, or with why it cannot be used. */
export async function withOwnWorkload(
  catalogue: Catalogue,
  { written, from }: OwnWorkload,
  workingFolder: string,
): Promise<Catalogue> {
  const near = from === null ? workingFolder : dirname(resolve(workingFolder, from))
  const described = await describeOwn(written, resolve(near, written))
  return { ...catalogue, workloads: new Map([...catalogue.workloads, [written, described]]) }
}

async function describeOwn(written: string, file: string): Promise<WorkloadDescription> {
  const none = { name: written, title: '', tools: null, hasLedger: false, file }
  if (!existsSync(file)) return { ...none, problem: `the file of a workload: there is no ${file}` }
  try {
    const spoken = await describeSpoken(file, written)
    if (spoken !== null) return { ...spoken, file }
    const workload = await loadWorkload(file)
    if (typeof workload === 'function') return { ...none, title: 'the tools that the plan names' }
    const { tools, ledger } = workload
    const weights = new Map(tools.map((tool) => [tool.name, tool.weight]))
    return { ...none, title: `${weights.size} tools`, tools: weights, hasLedger: ledger !== undefined }
  } catch (error) {
    return { ...none, problem: `a workload: ${error instanceof Error ? error.message : String(error)}` }
  }
}

/** A workload of another protocol than MCP; null: it speaks that. Throws a LoadError for what is no workload. */
export async function describeSpoken(file: string, name: string): Promise<WorkloadDescription | null> {
  const workload = await loadExport(file)
  const protocol = protocolOf(workload)
  if (!('fromPlan' in workload)) {
    if (!('requests' in workload) && !('statements' in workload)) return null
    const calls = new Map(ownCalls(workload).map((call) => [call.name, call.weight]))
    const title = `${calls.size} ${protocol === 'http' ? 'HTTP requests' : 'SQL statements'}`
    return { name, title, tools: calls, hasLedger: false, protocol }
  }
  const fromPlan = readWordsOf(workload)
  const { title } = workload
  return { name, title, tools: null, hasLedger: false, protocol, ...(fromPlan === undefined ? {} : { fromPlan }) }
}
