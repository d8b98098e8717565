import { join } from 'node:path'
import type { Fault } from '../../chaos/faults/fault.ts'
import { proveBackup, takeBackup } from '../../chaos/faults/restored.ts'
import type { BackupKind } from '../domain/backup.ts'
import type { Clock } from '../domain/clock.ts'
import { runningIdsOf, targetIdsOf } from '../domain/instances.ts'
import type { NodeControl, TellStep } from '../domain/node-control.ts'
import type { Plan, PlannedFault } from '../domain/plan.ts'
import {
  type Anchor,
  type Ledger,
  type LedgerPlace,
  type LedgerTool,
  prepareLedger,
  startLedger,
} from '../ledger/start.ts'
import type { LoadEnd, StartedLoad } from '../load/start.ts'
import { type PoolReading, readPoolOnce } from '../observe/pool.ts'
import type { ProbeTarget } from '../observe/prober.ts'
import type { RunFolderWriter, StreamWriter } from '../record/writer.ts'
import { boundsMs } from './bounds.ts'
import { watchClock } from './clock-watch.ts'
import { HarnessBroke } from './harness-broke.ts'
import { inject, withDeadline } from './injection.ts'
import { type Observation, observe } from './observation.ts'
import type { ProcessExit, StackView } from './stack-view.ts'
import { type ConditionFiles, comes } from './start-condition.ts'
import { supervise } from './supervisor.ts'
import { targetOf } from './target.ts'
import { type TargetWatch, watchTarget } from './target-watch.ts'

export interface ConductSpec {
  readonly plan: Plan
  readonly stack: StackView
  readonly load: StartedLoad
  readonly folder: RunFolderWriter
  readonly bootId: string
  readonly clock: Clock
  readonly faults: ReadonlyMap<string, Fault>
  /** By which the workload writes the ledger; null: it has none. */
  readonly ledgerTool: LedgerTool | null
  /** Tells this run's writes from another's. */
  readonly runId: string
  /** A cheap call for the probe through the whole path. */
  readonly probeCall: { readonly tool: string; readonly arguments: object } | null
  /** Aborts when the user interrupts. */
  readonly interrupt: AbortSignal
  readonly onStarted: (t0Us: number) => void
  readonly onNote: (text: string) => void
}

export type ConductEnd =
  | { readonly reason: 'planned' | 'interrupted' }
  | { readonly reason: 'broken'; readonly error: HarnessBroke }

/** The scheduler's own state while a plan runs: one timeline, one reason to stop early. */
class Conductor {
  readonly #spec: ConductSpec
  readonly #timeline: StreamWriter
  readonly #before: (readonly unknown[])[] = []
  readonly #stop = new AbortController()
  readonly #watches = new Map<string, TargetWatch>()
  readonly #files: ConditionFiles
  #t0Us: number | null = null
  #broken: HarnessBroke | null = null
  #ending = false
  #pool: PoolReading | null = null
  #ledger: Ledger | null = null
  #anchors: readonly Anchor[] = []

  constructor(spec: ConductSpec) {
    this.#spec = spec
    this.#timeline = spec.folder.stream('timeline', spec.bootId)
    const { folder } = spec.folder
    this.#files = {
      callsFile: join(folder, 'calls', 'k6-1.ndjson'),
      databaseFile: join(folder, 'database.ndjson'),
      logFilesOf: (node) => runningIdsOf(spec.plan.stack, node).map((id) => join(folder, 'logs', `${id}.log`)),
    }
    spec.interrupt.addEventListener('abort', () => this.#stop.abort(), { once: true })
    if (spec.interrupt.aborted) this.#stop.abort()
    spec.stack.onExit((exit) => this.#exited(exit))
    spec.stack.onStart(({ name, pid }) => {
      if (!this.#ending) this.#tell('process', name, { pid })
    })
  }

  #now(): number {
    return this.#spec.clock.monotonicUs() - (this.#t0Us ?? 0)
  }

  /** A row of the timeline; what comes before t0 waits for it. `atUs` is absolute. */
  #row(atUs: number, kind: string, id: string | null, data: object): void {
    if (this.#t0Us === null) this.#before.push([atUs, kind, id, data])
    else this.#timeline.row([atUs - this.#t0Us, kind, id, data])
  }

  #tell(kind: string, id: string | null, data: object): void {
    this.#row(this.#spec.clock.monotonicUs(), kind, id, data)
  }

  #note(text: string): void {
    this.#tell('note', null, { text })
    this.#spec.onNote(text)
  }

  #break(error: HarnessBroke): void {
    this.#broken ??= error
    this.#stop.abort()
  }

  readonly #fail = (error: unknown): void => {
    this.#break(HarnessBroke.from(error))
  }

  #exited(exit: ProcessExit): void {
    if (this.#ending) return
    const { pid, code, signal, planned, node } = exit
    this.#row(exit.monotonicUs, 'exit', node, { pid, code, signal, planned })
    if (planned) return
    const how = signal === null ? `with code ${code}` : `by ${signal}`
    if (exit.part === 'harness')
      this.#break(new HarnessBroke(`${node} (pid ${pid}) ended ${how} during the run`, `see logs/${node}.log`))
    else this.#spec.onNote(`${node} (pid ${pid}) ended ${how}: nobody had asked for it`)
  }

  async run(): Promise<ConductEnd> {
    const spec = this.#spec
    for (const { name, pid } of spec.stack.processes()) this.#tell('process', name, { pid })
    await this.#start()
    await using stack = new AsyncDisposableStack()
    const observation = this.#observe(stack)
    const clockWatch = stack.use(watchClock(spec.clock, (stepUs) => this.#tell('clock', null, { stepUs }), this.#fail))
    const heart = stack.use(observation.beat(() => this.#now()))
    this.#ledger = this.#writeLedger()
    const supervising = this.#supervise()
    // Whatever ends this: nobody is to look after a stack that is being ended.
    stack.defer(async () => {
      this.#stop.abort()
      await supervising
    })
    const faults = [...spec.plan.faults.map((planned) => this.#inject(planned)), this.#proveBackup()]
    const loaded = await this.#followLoad(faults)
    if (loaded.reason === 'planned') await this.#ledger?.readSurvivors()
    this.#stop.abort()
    await supervising
    this.#ending = true
    const end: ConductEnd = this.#endedMeanwhile() ?? loaded
    await Promise.all([heart.stop(), clockWatch.stop(), observation.stop()])
    for (const watch of this.#watches.values()) await watch[Symbol.asyncDispose]()
    const text = end.reason === 'broken' ? { text: end.error.message } : {}
    this.#tell('end', null, { reason: end.reason, ...text })
    spec.folder.endAll(this.#now(), end.reason)
    return end
  }

  /** What came between the load's end and this: a part of the harness that broke, or the user's interrupt. */
  #endedMeanwhile(): ConductEnd | null {
    if (this.#broken) return { reason: 'broken', error: this.#broken }
    return this.#spec.interrupt.aborted ? { reason: 'interrupted' } : null
  }

  /** Sets t0: every user has its session. */
  async #start(): Promise<void> {
    const { clock, load, plan, stack } = this.#spec
    const { pool } = plan.observe
    const place = this.#ledgerPlace()
    if (place !== null) this.#anchors = await prepareLedger(place)
    await this.#prepareFaults()
    // One is enough: what they tell has one form.
    const [one] = stack.pools
    if (pool && one) this.#pool = await readPoolOnce(one.metricsUrl, pool.map)
    const { users } = await load.ready
    const t0Us = clock.monotonicUs() + boundsMs.leadBeforeT0 * 1_000
    this.#t0Us = t0Us
    // Both clocks are read together, now; t0 itself lies the lead ahead of it.
    const wallUnixUs = clock.wallUnixUs() + boundsMs.leadBeforeT0 * 1_000
    this.#timeline.row([0, 't0', null, { monotonicUs: t0Us, wallUnixUs }])
    for (const [atUs, ...rest] of this.#before) this.#timeline.row([Number(atUs) - t0Us, ...rest])
    this.#tell('load', 'k6-1', { edge: 'ready', users })
    load.go(t0Us)
    this.#tell('load', 'k6-1', { edge: 'go' })
    this.#spec.onStarted(t0Us)
  }

  /** One after the other: each may keep the database busy. One that cannot be prepared refuses to act later. */
  async #prepareFaults(): Promise<void> {
    const { plan, stack, faults, clock } = this.#spec
    const { signal } = this.#stop
    const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
    const proven = this.#proven()
    if (proven !== null) {
      const taken = withDeadline(clock, boundsMs.prepare, 'taking a backup', takeBackup(proven.node, proven.kind))
      await Promise.race([taken.catch((error: unknown) => this.#note(`no backup: ${String(error)}`)), stopped])
    }
    for (const { id, fault: name, on, with: parameters } of plan.faults) {
      const [fault, node] = [faults.get(name), stack.nodes.get(on)]
      if (signal.aborted) return
      if (fault?.on !== 'node' || fault.prepare === undefined || node === undefined) continue
      const work = fault.prepare(node.control(id, this.#stepsOf(id)), parameters)
      const prepared = withDeadline(clock, boundsMs.prepare, `preparing ${name}`, work).catch((error: unknown) =>
        this.#note(`${id}: could not be prepared: ${String(error)}`),
      )
      await Promise.race([prepared, stopped])
    }
  }

  /** The database that a drill proves a backup of; null: it proves none. */
  #proven(): { readonly node: NodeControl; readonly kind: BackupKind } | null {
    const { plan, stack } = this.#spec
    const kind = plan.drill?.verifies
    const id = Object.values(plan.stack.nodes).find(({ backups }) => backups)?.id
    const node = id === undefined ? undefined : stack.nodes.get(id)
    return kind === undefined || node === undefined
      ? null
      : { kind, node: node.control('backup-verify', this.#stepsOf('backup-verify')) }
  }

  /** Beside the load, as it would be in production. What fails leaves no step, and so no evidence. */
  async #proveBackup(): Promise<void> {
    const { plan, clock } = this.#spec
    const proven = this.#proven()
    if (proven === null) return
    const judged = plan.load.phases.find((phase) => phase.judged)
    await clock.sleep((judged?.startMs ?? 0) + boundsMs.proveAfter - this.#now() / 1_000, this.#stop.signal)
    if (this.#stop.signal.aborted) return
    await withDeadline(clock, boundsMs.heal, 'proving a backup', proveBackup(proven.node, proven.kind)).catch(
      (error: unknown) => this.#note(`the backup could not be proven: ${String(error)}`),
    )
  }

  #observe(stack: AsyncDisposableStack): Observation {
    const spec = this.#spec
    const t0Us = this.#t0Us ?? 0
    const { clock, plan } = spec
    const observation = stack.use(
      observe({
        clock,
        t0Us,
        plan,
        stack: spec.stack,
        folder: spec.folder,
        bootId: spec.bootId,
        loadPid: spec.load.pid,
        probeCall: spec.probeCall,
        pool: this.#pool,
        onError: this.#fail,
      }),
    )
    for (const { id, probeTarget: target } of this.#watched()) {
      const everyMs = plan.observe.probeEveryMs
      const writer = observation.probeWriter
      const watch = watchTarget({ clock, t0Us, id, target, everyMs, writer, onError: this.#fail })
      this.#watches.set(id, stack.use(watch))
    }
    return observation
  }

  /** null: the plan has none, or there is no database. */
  #ledgerPlace(): LedgerPlace | null {
    const { plan, stack, clock, ledgerTool, runId } = this.#spec
    const { ledger } = plan.observe
    const { databaseUrl, mcpUrl } = stack
    if (!ledger || databaseUrl === null) return null
    return { plan: ledger, clock, mcpUrl, databaseUrl, tool: ledgerTool, mark: `squall ${runId}` }
  }

  #writeLedger(): Ledger | null {
    const { stack, folder, bootId } = this.#spec
    const place = this.#ledgerPlace()
    if (place === null) return null
    return startLedger({
      ...place,
      t0Us: this.#t0Us ?? 0,
      anchors: this.#anchors,
      writer: folder.stream('ledger', bootId),
      primary: () => stack.primary() ?? '',
      onError: this.#fail,
      onNote: (text) => this.#note(text),
    })
  }

  /** What the plan's supervisor looks after: the server, and the databases. */
  async #supervise(): Promise<void> {
    const { plan, stack, clock } = this.#spec
    const policy = plan.stack.supervisor
    if (!policy) return
    const looked = [...stack.nodes.values()].filter(({ role }) => role === 'mcp' || role === 'postgres')
    await supervise({
      policy,
      clock,
      nodes: looked.map(({ id, probeTarget, control }) => ({
        id,
        probeTarget,
        control: control('supervisor', this.#stepsOf('supervisor')),
      })),
      tell: (atUs, node, step, extra) => this.#row(atUs, 'supervisor', node, { step, ...extra }),
      note: (text) => this.#note(text),
      signal: this.#stop.signal,
    }).catch(this.#fail)
  }

  /** Every link; nodes only where a fault is planned on them, since each costs the system two connections. */
  #watched(): readonly { readonly id: string; readonly probeTarget: ProbeTarget }[] {
    const { stack, plan } = this.#spec
    const named = new Set(plan.faults.flatMap((planned) => targetIdsOf(plan.stack, planned)))
    return [...stack.links.values(), ...[...stack.nodes.values()].filter(({ id }) => named.has(id))]
  }

  /** What a fault tells of itself, on the run's clock. */
  #stepsOf(id: string): TellStep {
    return (step, data) => this.#tell('step', id, { step, ...data })
  }

  async #inject(planned: PlannedFault): Promise<void> {
    const { clock } = this.#spec
    const { harm, undo, watches } = targetOf(
      planned,
      { ...this.#spec, stepsOf: (id) => this.#stepsOf(id) },
      this.#watches,
    )
    const t0Us = this.#t0Us ?? 0
    const where = planned.instance === undefined ? {} : { instance: planned.instance }
    await inject(
      {
        clock,
        t0Us,
        undo,
        watches: watches.map((each) => (listener) => each.watch(listener)),
        setQuick(quick, question) {
          for (const watch of watches) watch.setQuick(planned.id, quick, question)
        },
        tell: (edge, timeUs, extra) =>
          this.#row(timeUs + t0Us, 'injection', planned.id, {
            ...{ edge, fault: planned.fault, on: planned.on },
            ...where,
            ...extra,
          }),
        note: (text) => this.#note(text),
        comes: (condition, untilUs) => comes(condition, this.#files, clock, untilUs, this.#stop.signal),
        signal: this.#stop.signal,
      },
      planned,
      harm,
    ).catch(this.#fail)
  }

  /** Phases come and go; the load ends by itself, or is ended; every fault is healed before this returns. */
  async #followLoad(faults: readonly Promise<void>[]): Promise<ConductEnd> {
    const { load, clock, plan, interrupt } = this.#spec
    const endMs = plan.load.phases.at(-1)?.endMs ?? 0
    const phases = this.#phases()
    const over = new AbortController()
    const limitMs = endMs + plan.load.drainMs + boundsMs.loadEnd
    const ended = load.ended.finally(() => over.abort())
    const hung = clock.sleep(limitMs, AbortSignal.any([over.signal, this.#stop.signal]))
    await Promise.race([ended, hung])
    if (!over.signal.aborted && !this.#stop.signal.aborted)
      this.#break(new HarnessBroke(`k6 was still running ${boundsMs.loadEnd} ms after its end`, 'see logs/k6-1.log'))
    await this.#ledger?.stop()
    if (this.#stop.signal.aborted) load.stop()
    else await this.#loadEnded(await ended, endMs)
    // Whoever waits for a later moment of the plan waits no more; what is on is healed first.
    if (this.#broken) this.#stop.abort()
    await Promise.all([...faults, phases])
    if (this.#broken) return { reason: 'broken', error: this.#broken }
    if (interrupt.aborted) return { reason: 'interrupted' }
    await clock.sleep(boundsMs.rest, this.#stop.signal)
    return interrupt.aborted ? { reason: 'interrupted' } : { reason: 'planned' }
  }

  async #loadEnded(end: LoadEnd, endMs: number): Promise<void> {
    this.#tell('load', 'k6-1', { edge: 'end', rows: end.rows, reason: end.reason })
    const early = this.#now() < endMs * 1_000
    if (end.reason === 'planned' && !early) return
    const how = end.exitCode === null ? 'was killed' : `ended with code ${end.exitCode}`
    this.#break(new HarnessBroke(`the load generator k6 ${how} before its time (${end.reason})`, 'see logs/k6-1.log'))
  }

  async #phases(): Promise<void> {
    const { clock, plan } = this.#spec
    for (const { id, startMs, endMs, usersFrom, usersTo } of plan.load.phases) {
      await clock.sleep(startMs - this.#now() / 1_000, this.#stop.signal)
      if (this.#stop.signal.aborted) return
      this.#tell('phase', id, { edge: 'start', users: usersFrom })
      await clock.sleep(endMs - this.#now() / 1_000, this.#stop.signal)
      if (this.#stop.signal.aborted) return
      this.#tell('phase', id, { edge: 'end', users: usersTo })
    }
  }
}

/**
 * Runs a plan on a running stack: load, faults and samplers on one clock, everything recorded. Resolves with how it
 * ended, when no fault is left and every stream is closed.
 * @throws LoadError when the users never got ready; RecordError when the run folder cannot be written
 */
export function conduct(spec: ConductSpec): Promise<ConductEnd> {
  return new Conductor(spec).run()
}
