import { join } from 'node:path'
import type { Fault } from '../../chaos/faults/fault.ts'
import type { Clock } from '../domain/clock.ts'
import { runningIdsOf, targetIdsOf } from '../domain/instances.ts'
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
import { PoolPage } from '../observe/pool-sampler.ts'
import type { ProbeTarget } from '../observe/prober.ts'
import type { RunFolderWriter } from '../record/writer.ts'
import { boundsMs } from './bounds.ts'
import { watchClock } from './clock-watch.ts'
import { HarnessBroke } from './harness-broke.ts'
import { inject } from './injection.ts'
import type { Written } from './integrity.ts'
import { type Observation, observe } from './observation.ts'
import { prepareFaults, proveBackupBesideLoad } from './preparation.ts'
import { RunTimeline } from './run-timeline.ts'
import type { ProcessExit, StackView } from './stack-view.ts'
import { type ConditionFiles, comes } from './start-condition.ts'
import { type Deciding, supervise } from './supervisor.ts'
import { targetOf } from './target.ts'
import { type TargetWatch, watchTarget } from './target-watch.ts'
import { verifyBy } from './verify.ts'
import { Wholeness } from './wholeness.ts'

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
  /** Tables that the workload writes. */
  readonly written: Written
  /** Tells this run's writes from another's. */
  readonly runId: string
  /** A cheap call for the probe through the whole path. */
  readonly probeCall: { readonly tool: string; readonly arguments: object } | null
  /** A person decides; null: the plan's policy does. */
  readonly manual: ManualMode | null
  /** Aborts when the user interrupts. */
  readonly interrupt: AbortSignal
  readonly onStarted: (t0Us: number) => void
  readonly onNote: (text: string) => void
}

export interface ManualMode extends Pick<Deciding, 'confirm'> {
  /** Shows what is to be done, as soon as the first harm has been seen. */
  readonly showSteps: () => void
}

export type ConductEnd =
  | { readonly reason: 'planned' | 'interrupted' }
  | { readonly reason: 'broken'; readonly error: HarnessBroke }

/** The scheduler's own state while a plan runs: one timeline, one reason to stop early. */
class Conductor {
  readonly #spec: ConductSpec
  readonly #timeline: RunTimeline
  readonly #wholeness: Wholeness
  readonly #stop = new AbortController()
  readonly #watches = new Map<string, TargetWatch>()
  readonly #files: ConditionFiles
  #broken: HarnessBroke | null = null
  #ending = false
  #poolPages: readonly PoolPage[] = []
  #ledger: Ledger | null = null
  #anchors: readonly Anchor[] = []
  /** A harm has been seen. */
  #hasBegun = false

  constructor(spec: ConductSpec) {
    this.#spec = spec
    this.#timeline = new RunTimeline(spec.clock, spec.folder.stream('timeline', spec.bootId), spec.onNote)
    this.#wholeness = new Wholeness({ ...spec, timeline: this.#timeline, stop: this.#stop.signal })
    const { folder } = spec.folder
    this.#files = {
      callsFile: join(folder, 'calls', 'k6-1.ndjson'),
      databaseFile: join(folder, 'database.ndjson'),
      logFilesOf: (node) => runningIdsOf(spec.plan.stack, node).map((id) => join(folder, 'logs', `${id}.log`)),
    }
    spec.interrupt.addEventListener('abort', () => this.#stop.abort(), { once: true })
    this.#stop.signal.addEventListener('abort', () => spec.stack.hooks?.giveUp(), { once: true })
    if (spec.interrupt.aborted) this.#stop.abort()
    spec.stack.onExit((exit) => this.#exited(exit))
    spec.stack.onStart(({ name, pid }) => {
      if (!this.#ending) this.#timeline.tell('process', name, { pid })
    })
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
    this.#timeline.row(exit.monotonicUs, 'exit', node, { pid, code, signal, planned })
    if (planned) return
    const how = signal === null ? `with code ${code}` : `by ${signal}`
    if (exit.part === 'harness')
      this.#break(new HarnessBroke(`${node} (pid ${pid}) ended ${how} during the run`, `see logs/${node}.log`))
    else this.#spec.onNote(`${node} (pid ${pid}) ended ${how}: nobody had asked for it`)
  }

  async run(): Promise<ConductEnd> {
    const spec = this.#spec
    for (const { name, pid } of spec.stack.processes()) this.#timeline.tell('process', name, { pid })
    await this.#start()
    await using stack = new AsyncDisposableStack()
    const observation = this.#observe(stack)
    const clockWatch = stack.use(
      watchClock(spec.clock, (stepUs) => this.#timeline.tell('clock', null, { stepUs }), this.#fail),
    )
    const heart = stack.use(observation.beat(() => this.#timeline.now()))
    this.#ledger = this.#writeLedger()
    const supervising = this.#supervise()
    // Whatever ends this: nobody is to look after a stack that is being ended.
    stack.defer(async () => {
      this.#stop.abort()
      await supervising
    })
    const faults = [
      ...spec.plan.faults.map((planned) => this.#inject(planned)),
      proveBackupBesideLoad(this.#preparation()),
    ]
    const loaded = await this.#lookAfterwards(await this.#followLoad(faults, observation))
    this.#stop.abort()
    await supervising
    this.#ending = true
    const end: ConductEnd = this.#endedMeanwhile() ?? loaded
    await Promise.all([heart.stop(), clockWatch.stop(), observation.stop()])
    for (const watch of this.#watches.values()) await watch[Symbol.asyncDispose]()
    const text = end.reason === 'broken' ? { text: end.error.message } : {}
    this.#timeline.tell('end', null, { reason: end.reason, ...text })
    spec.folder.endAll(this.#timeline.now(), end.reason)
    return end
  }

  /** What came between the load's end and this: a part of the harness that broke, or the user's interrupt. */
  #endedMeanwhile(): ConductEnd | null {
    if (this.#broken) return { reason: 'broken', error: this.#broken }
    return this.#spec.interrupt.aborted ? { reason: 'interrupted' } : null
  }

  /** Sets t0: every user has its session, or was refused one. */
  async #start(): Promise<void> {
    const { clock, load, plan, stack } = this.#spec
    const { pool } = plan.observe
    const place = this.#ledgerPlace()
    if (place !== null) this.#anchors = await prepareLedger(place)
    await this.#wholeness.lookBefore()
    await prepareFaults(this.#preparation())
    if (pool) this.#poolPages = stack.pools.map((page) => new PoolPage({ clock, ...pool, ...page }))
    await Promise.all(this.#poolPages.map((page) => page.readEarly()))
    const { users, without, why } = await load.ready
    const t0Us = this.#timeline.begin(boundsMs.leadBeforeT0)
    this.#timeline.tell('load', 'k6-1', { edge: 'ready', users, ...(without === 0 ? {} : { without, why }) })
    if (without > 0)
      this.#timeline.note(`${without} of ${users} users have no session, and ask for one with each call; first ${why}`)
    load.onCollected(({ fromUs, tookUs }) => {
      if (!this.#ending) this.#timeline.row(t0Us + fromUs, 'load', 'k6-1', { edge: 'collected', us: tookUs })
    })
    load.go(t0Us)
    this.#timeline.tell('load', 'k6-1', { edge: 'go' })
    this.#spec.onStarted(t0Us)
  }

  #preparation() {
    return { ...this.#spec, timeline: this.#timeline, stop: this.#stop.signal }
  }

  #observe(stack: AsyncDisposableStack): Observation {
    const spec = this.#spec
    const t0Us = this.#timeline.t0Us
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
        poolPages: this.#poolPages,
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
    const { databaseUrl, target } = stack
    if (!ledger || databaseUrl === null) return null
    return { plan: ledger, clock, target, databaseUrl, tool: ledgerTool, mark: `squall ${runId}` }
  }

  #writeLedger(): Ledger | null {
    const { stack, folder, bootId } = this.#spec
    const place = this.#ledgerPlace()
    if (place === null) return null
    return startLedger({
      ...place,
      t0Us: this.#timeline.t0Us,
      anchors: this.#anchors,
      writer: folder.stream('ledger', bootId),
      databases: stack.databases,
      readEveryMs: this.#spec.plan.observe.probeEveryMs,
      primary: () => stack.primary() ?? '',
      onError: this.#fail,
      onNote: (text) => this.#timeline.note(text),
    })
  }

  /** What the plan's supervisor looks after: the server, and the databases. */
  async #supervise(): Promise<void> {
    const { plan, stack, clock, manual } = this.#spec
    const policy = plan.stack.supervisor
    if (!policy) return
    const looked = [...stack.nodes.values()].filter(({ role }) => role === 'mcp' || role === 'postgres')
    await supervise({
      policy,
      clock,
      nodes: looked.map(({ id, probeTarget, control }) => ({
        id,
        probeTarget,
        control: control('supervisor', this.#timeline.stepsOf('supervisor')),
      })),
      tell: (atUs, node, step, extra) => this.#timeline.row(atUs, 'supervisor', node, { step, ...extra }),
      note: (text) => this.#timeline.note(text),
      deciding: manual === null ? null : { ...manual, hasBegun: () => this.#hasBegun },
      signal: this.#stop.signal,
    }).catch(this.#fail)
  }

  /** What can only be told when the load has ended. */
  async #lookAfterwards(end: ConductEnd): Promise<ConductEnd> {
    if (end.reason !== 'planned') return end
    const { stack, plan, clock, interrupt } = this.#spec
    await this.#ledger?.readSurvivors()
    await this.#wholeness.lookAfter()
    if (stack.hooks !== null && plan.stack.hooks?.verify !== undefined) {
      const { why, ...verified } = await verifyBy(stack.hooks, stack.primary() ?? '', clock)
      if (interrupt.aborted) return { reason: 'interrupted' }
      if (why !== null) this.#timeline.note(why)
      this.#timeline.tell('hook', 'verify', verified)
    }
    return end
  }

  /** Every link; nodes only where a fault is planned on them, since each costs the system two connections. */
  #watched(): readonly { readonly id: string; readonly probeTarget: ProbeTarget }[] {
    const { stack, plan } = this.#spec
    const named = new Set(plan.faults.flatMap((planned) => targetIdsOf(plan.stack, planned)))
    return [...stack.links.values(), ...[...stack.nodes.values()].filter(({ id }) => named.has(id))]
  }

  #begin(): void {
    if (!this.#hasBegun) this.#spec.manual?.showSteps()
    this.#hasBegun = true
  }

  async #inject(planned: PlannedFault): Promise<void> {
    const { clock } = this.#spec
    const { harm, undo, watches } = targetOf(
      planned,
      { ...this.#spec, stepsOf: (id) => this.#timeline.stepsOf(id) },
      this.#watches,
    )
    const t0Us = this.#timeline.t0Us
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
        whyBlind: () => watches.flatMap((watch) => watch.whyBlind(harm.seenBy) ?? [])[0] ?? null,
        tell: (edge, timeUs, extra) => {
          this.#timeline.row(timeUs + t0Us, 'injection', planned.id, {
            ...{ edge, fault: planned.fault, on: planned.on },
            ...where,
            ...extra,
          })
          if (edge === 'observed') this.#begin()
        },
        note: (text) => this.#timeline.note(text),
        comes: (condition, untilUs) => comes(condition, this.#files, clock, untilUs, this.#stop.signal),
        signal: this.#stop.signal,
      },
      planned,
      harm,
    ).catch(this.#fail)
  }

  /** Phases come and go; the load ends by itself, or is ended; every fault is healed before this returns. */
  async #followLoad(faults: readonly Promise<void>[], observation: Observation): Promise<ConductEnd> {
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
    await observation.leaveAlone()
    await clock.sleep(boundsMs.rest, this.#stop.signal)
    return interrupt.aborted ? { reason: 'interrupted' } : { reason: 'planned' }
  }

  async #loadEnded(end: LoadEnd, endMs: number): Promise<void> {
    this.#timeline.tell('load', 'k6-1', { edge: 'end', rows: end.rows, reason: end.reason })
    const early = this.#timeline.now() < endMs * 1_000
    if (end.reason === 'planned' && !early) return
    const how = end.exitCode === null ? 'was killed' : `ended with code ${end.exitCode}`
    this.#break(new HarnessBroke(`the load generator k6 ${how} before its time (${end.reason})`, 'see logs/k6-1.log'))
  }

  async #phases(): Promise<void> {
    const { clock, plan } = this.#spec
    for (const { id, startMs, endMs, usersFrom, usersTo } of plan.load.phases) {
      await clock.sleep(startMs - this.#timeline.now() / 1_000, this.#stop.signal)
      if (this.#stop.signal.aborted) return
      this.#timeline.tell('phase', id, { edge: 'start', users: usersFrom })
      await clock.sleep(endMs - this.#timeline.now() / 1_000, this.#stop.signal)
      if (this.#stop.signal.aborted) return
      this.#timeline.tell('phase', id, { edge: 'end', users: usersTo })
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
