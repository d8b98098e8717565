import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { drills } from '../../chaos/drills/registry.ts'
import { faults } from '../../chaos/faults/registry.ts'
import type { Catalogue, FaultDescription, PresetDescription, WorkloadDescription } from '../domain/catalogue.ts'
import { loadWorkload, workloadFile } from '../load/workload.ts'
import { measureCatalogue } from '../measure/registry.ts'
import { mappings } from '../observe/mappings/registry.ts'
import { assets } from './assets.ts'
import { describeSpoken } from './own-workload.ts'
import { rowFilesFrom } from './row-file.ts'

function names(folder: string, ending: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => entry.name.slice(0, -ending.length))
    .sort()
}

async function workloads(): Promise<Map<string, WorkloadDescription>> {
  const found = new Map<string, WorkloadDescription>()
  for (const name of names(assets.scenarios, '.ts')) {
    const spoken = await describeSpoken(workloadFile(name), name)
    if (spoken !== null) {
      found.set(name, spoken)
      continue
    }
    const workload = await loadWorkload(workloadFile(name))
    if (typeof workload === 'function') {
      found.set(name, { name, title: 'the tools that the plan names', tools: null, hasLedger: false })
      continue
    }
    const tools = new Map(workload.tools.map((tool) => [tool.name, tool.weight]))
    found.set(name, { name, title: `${tools.size} tools`, tools, hasLedger: workload.ledger !== undefined })
  }
  return found
}

interface PresetFile {
  readonly title?: unknown
  readonly server?: { readonly env?: Readonly<Record<string, unknown>> }
  readonly primary?: { readonly max_connections?: unknown }
}

function preset(name: string): PresetDescription {
  const file = join(assets.presets, `${name}.yaml`)
  const read = parse(readFileSync(file, 'utf8')) as PresetFile
  const maxConnections = read.primary?.max_connections
  if (typeof maxConnections !== 'number') throw new TypeError(`${file}: primary.max_connections is not a number`)
  const env = Object.fromEntries(Object.entries(read.server?.env ?? {}).map(([key, value]) => [key, String(value)]))
  return {
    title: typeof read.title === 'string' ? read.title : name,
    server: { env },
    primary: { maxConnections },
  }
}

/** Everything a plan may name, from the folders and registries themselves. */
export async function readCatalogue(): Promise<Catalogue> {
  return {
    workloads: await workloads(),
    faults: new Map<string, FaultDescription>(faults),
    measures: measureCatalogue,
    drills,
    mappings,
    rowFile: rowFilesFrom(process.cwd()),
    presets: new Map(names(assets.presets, '.yaml').map((name) => [name, preset(name)])),
  }
}
