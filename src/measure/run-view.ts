import type { Plan } from '../domain/plan.ts'
import type { InjectionRecord, Window } from '../domain/verdict.ts'
import type { RunFolder } from '../record/reader.ts'
import type { CallTable } from '../record/reader-calls.ts'
import type { BalancerRow, PoolRow } from '../record/reader-rows.ts'
import { type CallSeconds, callSeconds } from './call-seconds.ts'
import { CallSet } from './call-set.ts'
import { injectionStartUs, readInjections } from './injections.ts'
import { type InstancePool, instancePools } from './instance-pools.ts'
import { type LaunchBounds, launchBounds } from './launch-bounds.ts'
import { type LedgerFacts, ledgerFacts } from './ledger-facts.ts'
import { poolLacks } from './pool-readings.ts'
import { type RegisterFacts, registerFacts } from './register-facts.ts'
import { type Settling, settle } from './settled.ts'
import { type UsersThere, usersThere } from './users-there.ts'
import { callsOfWindow } from './window-calls.ts'
import { buildWindows, plannedLoadEndUs } from './windows.ts'

/** How the run ended, by its timeline: the reason in its end row, or `cut` when that is missing. */
export interface RunEnd {
  readonly tUs: number
  readonly reason: string
  readonly text: string | null
}

/** A run folder seen in windows. Everything is derived on first use and kept, so that each window is read once. */
export class RunView {
  readonly folder: RunFolder
  readonly plan: Plan
  readonly end: RunEnd
  readonly injections: readonly InjectionRecord[]
  readonly windows: readonly Window[]
  readonly bounds: LaunchBounds
  /** One for each instance of the server. */
  readonly pools: readonly InstancePool[]
  readonly settlings: ReadonlyMap<string, Settling>
  readonly #indexed: { readonly table: CallTable; readonly index: CallSeconds } | null
  #ledger: readonly LedgerFacts[] | null = null
  #registers: RegisterFacts | null = null
  #firstCallUs: number | null = null
  #users: UsersThere | null = null
  readonly #instances: readonly (readonly BalancerRow[])[]
  readonly #sets = new Map<string, CallSet>()

  constructor(folder: RunFolder) {
    this.folder = folder
    this.plan = folder.run.plan
    this.end = endOf(folder)
    this.pools = instancePools(this.plan, this.poolRows)
    this.bounds = launchBounds(this.plan)
    this.#indexed = folder.calls === null ? null : indexed(folder.calls.table)
    const injections = readInjections(folder)
    this.#instances = rowsByInstance(folder.balancer?.rows ?? [])
    this.settlings = this.#settle(injections)
    this.injections = injections.map((injection) => ({
      ...injection,
      settledUs: this.settlings.get(injection.id)?.settledUs ?? null,
    }))
    this.windows = buildWindows(this.plan, this.injections, this.end.tUs)
  }

  get table(): CallTable | null {
    return this.folder.calls?.table ?? null
  }

  get index(): CallSeconds | null {
    return this.#indexed?.index ?? null
  }

  /** Calls from here on may be missing from some instance's stream; -Infinity without any stream. */
  get callsWholeUntilUs(): number {
    const ends = this.folder.calls?.states.map((state) => state.wholeUntilUs) ?? []
    return ends.length === 0 ? Number.NEGATIVE_INFINITY : Math.min(...ends)
  }

  /** By each way in which the plan writes; empty where there is no ledger. */
  get ledger(): readonly LedgerFacts[] {
    this.#ledger ??= (this.plan.observe.ledger?.via ?? []).map((via) =>
      ledgerFacts(this.folder.ledger?.rows ?? [], via),
    )
    return this.#ledger
  }

  /** Of a run that updates none: empty. */
  get registers(): RegisterFacts {
    this.#registers ??= registerFacts(this.folder.ledger?.rows ?? [])
    return this.#registers
  }

  get users(): UsersThere {
    this.#users ??= usersThere(this.table ?? emptyTable, this.plan, this.loadEndUs)
    return this.#users
  }

  /** Of all instances, in the order of the stream. */
  get poolRows(): readonly PoolRow[] {
    return this.folder.pool?.rows ?? []
  }

  /** What the balancer told of each instance; empty: there is none. */
  get instances(): readonly (readonly BalancerRow[])[] {
    return this.#instances
  }

  /** When the last load instance was done, µs; null: the timeline does not say it of any. */
  get loadEndUs(): number | null {
    const ends = (this.folder.timeline?.rows ?? [])
      .filter((row) => row.kind === 'load' && row.data.edge === 'end')
      .map((row) => row.tUs)
    return ends.length === 0 ? null : Math.max(...ends)
  }

  /** When the load's first call was sent, µs; 0 where none was. */
  get firstCallUs(): number {
    this.#firstCallUs ??= firstOf(this.table?.startedUs ?? [])
    return this.#firstCallUs
  }

  window(id: string): Window | null {
    return this.windows.find((window) => window.id === id) ?? null
  }

  injection(id: string | null): InjectionRecord | null {
    return this.injections.find((injection) => injection.id === id) ?? null
  }

  /** The calls of a window, of one tool if given. Empty where there is no calls stream. */
  calls(window: Window, tool: string | null = null): CallSet {
    const all = this.#sets.get(window.id) ?? this.#callsOf(window)
    this.#sets.set(window.id, all)
    return tool === null ? all : all.ofTool(all.table.tools.indexOf(tool))
  }

  #callsOf(window: Window): CallSet {
    if (this.#indexed === null) return new CallSet(emptyTable, new Uint32Array())
    const { table, index } = this.#indexed
    const taken = this.windows
      .filter((other) => other.kind === 'injection' || other.kind === 'recovery')
      .flatMap((other) => other.spans)
    return callsOfWindow(table, index, window, taken)
  }

  #settle(injections: readonly InjectionRecord[]): ReadonlyMap<string, Settling> {
    if (this.#indexed === null) return new Map()
    if (this.bounds.latencyMsP95Max === null && this.bounds.errorRatioMax === null) return new Map()
    const observed = this.plan.observe.pool
    const isObserved = observed !== null && poolLacks(['pending'])(this) === null
    const pools = isObserved ? this.pools.map(({ rows }) => ({ rows, everyMs: observed.everyMs })) : []
    const { bounds, callsWholeUntilUs } = this
    const rows = this.folder.database?.rows ?? []
    const database = bounds.connectionsMax === null ? null : { rows, everyMs: this.plan.observe.databaseEveryMs }
    const evidence = { ...this.#indexed, pools, database, bounds, callsWholeUntilUs }
    const settlings = new Map<string, Settling>()
    for (const injection of injections) {
      const healedUs = injection.healVerifiedUs
      if (healedUs === null) continue
      settlings.set(injection.id, settle(evidence, healedUs, this.#horizonUs(injections, healedUs)))
    }
    return settlings
  }

  /** One can look until the next injection is requested, or the load ends. */
  #horizonUs(injections: readonly InjectionRecord[], healedUs: number): number {
    const next = injections
      .flatMap((injection) => injectionStartUs(injection) ?? [])
      .filter((startUs) => startUs >= healedUs)
    return Math.min(plannedLoadEndUs(this.plan), this.end.tUs, ...next)
  }
}

function indexed(table: CallTable): { readonly table: CallTable; readonly index: CallSeconds } {
  return { table, index: callSeconds(table) }
}

/** Those that were never sent have no time. */
function firstOf(timesUs: Iterable<number>): number {
  let first = Number.POSITIVE_INFINITY
  for (const timeUs of timesUs) if (timeUs < first) first = timeUs
  return Number.isFinite(first) ? first : 0
}

function rowsByInstance(rows: readonly BalancerRow[]): readonly (readonly BalancerRow[])[] {
  const byInstance = Map.groupBy(rows, ({ instance }) => instance)
  return [...byInstance].flatMap(([instance, own]) => (instance === null ? [] : [own]))
}

function endOf(folder: RunFolder): RunEnd {
  const row = folder.timeline?.rows.findLast((candidate) => candidate.kind === 'end')
  if (row !== undefined) {
    const { reason, text } = row.data
    return { tUs: row.tUs, reason: String(reason), text: typeof text === 'string' ? text : null }
  }
  const tUs = folder.timeline?.state.wholeUntilUs ?? Number.NEGATIVE_INFINITY
  const lastUs = folder.timeline?.rows.at(-1)?.tUs ?? Number.NEGATIVE_INFINITY
  return { tUs: Number.isFinite(tUs) ? tUs : lastUs, reason: 'cut', text: null }
}

const emptyTable: CallTable = {
  count: 0,
  user: new Int32Array(),
  tool: new Int32Array(),
  intendedUs: new Float64Array(),
  readyUs: new Float64Array(),
  startedUs: new Float64Array(),
  endedUs: new Float64Array(),
  outcome: new Uint8Array(),
  error: new Int32Array(),
  tools: [],
  errors: [],
}
