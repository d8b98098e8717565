import type { JsonObject } from './json.ts'
import type { FaultJudgement, NodeRole, PoolMap } from './plan.ts'
import type { Unit, WindowKind } from './verdict.ts'
import type { Protocol, ReadWords } from './words.ts'

/** What a plan may name: handed to src/plan by the command line, so that plans depend on no implementation. */
export interface Catalogue {
  readonly workloads: ReadonlyMap<string, WorkloadDescription>
  readonly faults: ReadonlyMap<string, FaultDescription>
  /** By id; a `*` in a key stands for one part between dots, such as `tool.error_ratio.*`. */
  readonly measures: ReadonlyMap<string, MeasureDescription>
  readonly presets: ReadonlyMap<string, PresetDescription>
  readonly drills: ReadonlyMap<string, DrillDescription>
  readonly mappings: ReadonlyMap<string, MappingDescription>
  /** Reads a file of arguments. `from`: the plan's file that names it; null: it came by a flag. */
  readonly rowFile: (written: string, from: string | null) => RowFile
}

/** A file that arguments are drawn from, as the run will find it: all of its rows, or why there are none. */
export type RowFile =
  | { readonly file: string; readonly rows: readonly JsonObject[]; readonly sha256: string }
  | { readonly file: string; readonly problem: string }

/** How an exporter names what a pool tells of itself. */
export interface MappingDescription {
  readonly name: string
  readonly title: string
  readonly map: PoolMap
}

/** One step of a drill, as its runbook has it. */
export interface DrillStep {
  readonly kind: 'inject' | 'detect' | 'act' | 'verify' | 'heal'
  readonly text: string
}

export interface DrillDescription {
  readonly name: string
  readonly title: string
  /** What is expected to hold. */
  readonly hypothesis: string
  readonly steps: readonly DrillStep[]
}

export interface WorkloadDescription {
  readonly name: string
  readonly title: string
  /** Tool → its relative share of the calls. null: not known before the run. */
  readonly tools: ReadonlyMap<string, number> | null
  /** It names a tool by which a ledger can be written. */
  readonly hasLedger: boolean
  /** Absent: MCP. */
  readonly protocol?: Protocol
  /** Its calls stand in the plan, under `load.with`; `tools` is null then. */
  readonly fromPlan?: ReadWords
  /** Of a workload that the plan names by its path: where it is, absolute. */
  readonly file?: string
  /** Why it cannot be used. */
  readonly problem?: string
}

/** `name`: a table's, with its schema where it needs one: letters, digits, _ and at most one dot; the fault quotes it. */
type ParameterKind = 'duration' | 'count' | 'ratio' | 'rate' | 'size' | 'choice' | 'bool' | 'name'

/** One parameter of a fault. Bounds and default are in the unit of the resolved value, so 5 s is 5000. */
export interface ParameterDescription {
  readonly kind: ParameterKind
  /** Of the resolved value: duration `ms`, count `count`, ratio `ratio`, rate `1/s`, size `bytes`; else empty. */
  readonly unit: 'ms' | 'count' | 'ratio' | '1/s' | 'bytes' | ''
  readonly min?: number
  readonly max?: number
  /** `choice` only. */
  readonly choices?: readonly string[]
  /** A parameter without a default is required. */
  readonly default?: number | string | boolean
  /** What it does, and where its bounds come from. */
  readonly why: string
}

export interface FaultDescription {
  readonly name: string
  readonly title: string
  readonly on: 'link' | 'node'
  /** Of a fault on nodes: the roles that it acts on; absent: any. */
  readonly roles?: readonly NodeRole[]
  /** Of a fault on links: only on those to a database, whose protocol lets our own connections see the harm. */
  readonly isToDatabase?: true
  /** Of a fault on databases: only where one follows another. */
  readonly isReplicated?: true
  /** Of a fault on databases: it fills the file system of the node's data, which is one of its own for that. */
  readonly fillsDisk?: true
  /** Of a fault on databases: only on one that the plan has backups of; `archive`: and whose log is archived. */
  readonly needsBackups?: 'any' | 'archive'
  /** Of a fault on databases: only where none follows another. */
  readonly standsAlone?: true
  /** It is made and healed by commands of the plan: `hooks.inject` and `hooks.heal`. */
  readonly byHooks?: true
  readonly parameters: Readonly<Record<string, ParameterDescription>>
  readonly judgedBy: FaultJudgement
  /** It may be on together with others that combine, on one target: each one's effect and end show by themselves. */
  readonly combines?: true
  /** Shorter than this, its effect cannot be told from none. */
  readonly minimumForMs: number
}

export interface MeasureDescription {
  readonly title: string
  readonly unit: Unit
  /** Which bounds make sense; `is` exactly for the unit `bool`. */
  readonly bounds: readonly ('max' | 'min' | 'is')[]
  /** The kinds of window in which it can be measured. */
  readonly windows: readonly WindowKind[]
  /** It can be taken of one tool, by `where: {tool: …}`. */
  readonly perTool: boolean
}

/** A known set-up of the reference server and its database. */
export interface PresetDescription {
  readonly title: string
  readonly server: { readonly env: Readonly<Record<string, string>> }
  readonly primary: { readonly maxConnections: number }
}
