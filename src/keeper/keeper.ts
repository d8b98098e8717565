import { hostname } from 'node:os'
import { basename } from 'node:path'
import type { Clock } from '../domain/clock.ts'
import { ChildProcesses } from './child-processes.ts'
import { endRun, isFolderOfRun, type RunEnd, removeFolderOfRun } from './end-run.ts'
import { markOf } from './ending.ts'
import { type HealOutcome, healAll } from './healing.ts'
import { KeeperError } from './keeper-error.ts'
import { replaceMsMax, undoCallMsMax } from './limits.ts'
import { readBootId, readProcess } from './process-table.ts'
import type { KeeperEvent, KeeperRequest, KeeperResults } from './protocol.ts'
import {
  createStateFolder,
  isUndoId,
  type KeeperRecord,
  readUndos,
  removeUndo,
  writeRecord,
  writeUndo,
} from './state-folder.ts'
import { isUndoAction } from './undo.ts'
import { abortAfter } from './waiting.ts'

export interface KeeperOptions {
  readonly stateFolder: string
  readonly runFolder: string | null
  readonly clock: Clock
  readonly tell: (event: KeeperEvent) => void
}

type Handlers = {
  readonly [Kind in KeeperRequest['kind']]: (
    request: Extract<KeeperRequest, { readonly kind: Kind }>,
  ) => Promise<KeeperResults[Kind]>
}

/** What a run has that must not outlive it: its processes, its faults' undos, its folders. */
export class Keeper {
  readonly #options: KeeperOptions
  readonly #children: ChildProcesses
  #record: KeeperRecord
  /** The one ending, however many ask for it. */
  #ending: Promise<RunEnd> | null = null
  /** Requests at work: the ending waits for them, so that nothing is started behind its back. */
  readonly #atWork = new Set<Promise<unknown>>()

  /** Makes the state folder. Throws a KeeperError `state_not_written`, or `bad_request` when there is such a run. */
  constructor(options: KeeperOptions) {
    const { stateFolder, clock } = options
    this.#options = options
    this.#record = {
      format: 1,
      runId: basename(stateFolder),
      runFolder: options.runFolder,
      keeper: { pid: process.pid, startTicks: readProcess(process.pid)?.startTicks ?? '' },
      bootId: readBootId(),
      host: hostname(),
      startedAt: new Date(clock.wallUnixUs() / 1_000).toISOString(),
      isDetached: false,
      urls: {},
      processes: [],
      removeAtEnd: [],
    }
    createStateFolder(stateFolder, this.#record)
    this.#children = new ChildProcesses({
      markValue: markOf(stateFolder),
      clock,
      onExited: options.tell,
      save: (processes) => this.#save({ processes }),
    })
  }

  get record(): KeeperRecord {
    return this.#record
  }

  /** Rejects with a KeeperError. */
  async handle(request: KeeperRequest): Promise<unknown> {
    if (request.kind === 'endAll') return this.#handlers.endAll(request)
    if (this.#ending) throw new KeeperError({ kind: 'gone', message: 'the run is being ended' })
    const work = this.#dispatch(request)
    const settled = work.catch(() => undefined).finally(() => this.#atWork.delete(settled))
    this.#atWork.add(settled)
    return work
  }

  /** Heals, ends and removes all. Never rejects; `problems` says what is left. */
  end(): Promise<RunEnd> {
    this.#ending ??= this.#endOnce()
    return this.#ending
  }

  /** All faults, or one. Never rejects. */
  heal(id: string | null): Promise<HealOutcome[]> {
    const { undos } = readUndos(this.#options.stateFolder)
    const wanted = undos.filter((one) => id === null || one.id === id)
    const setting = {
      callMsMax: undoCallMsMax,
      clock: this.#options.clock,
      runs: (name: string) => this.#children.runs(name),
      replace: (name: string) => this.#replace(name),
    }
    return healAll(wanted, setting, (done) => removeUndo(this.#options.stateFolder, done))
  }

  async #endOnce(): Promise<RunEnd> {
    this.#children.planAll()
    const { clock, stateFolder } = this.#options
    // A spawn takes some ms; one that hangs does not hold up the ending, and is found by its mark.
    await Promise.race([Promise.all(this.#atWork), clock.sleep(200)])
    this.#children.planAll()
    return endRun(stateFolder, { ...this.#record, processes: this.#children.recorded() }, clock)
  }

  #dispatch(request: KeeperRequest): Promise<unknown> {
    // Each handler takes the request of its own kind: the table's type says so, an index by a union cannot.
    const handler = this.#handlers[request.kind] as (request: KeeperRequest) => Promise<unknown>
    return handler(request)
  }

  readonly #handlers: Handlers = {
    spawn: ({ spec }) => this.#children.spawn(spec),
    signal: async ({ name, signal, planned, tree }) => {
      await this.#children.signal(name, signal, { planned, tree })
      return null
    },
    stop: ({ name, signal, graceMs }) => this.#children.stop(name, signal, graceMs),
    adopt: async ({ name, pid }) => {
      await this.#children.adopt(name, pid)
      return null
    },
    recordUndo: async ({ id, action }) => {
      if (!isUndoId(id)) throw new KeeperError({ kind: 'bad_request', message: `no id for an undo: ${id}` })
      if (!isUndoAction(action)) throw new KeeperError({ kind: 'bad_request', message: `no undo known for ${id}` })
      writeUndo(this.#options.stateFolder, id, action)
      return null
    },
    undone: async ({ id }) => {
      if (isUndoId(id)) removeUndo(this.#options.stateFolder, id)
      return null
    },
    heal: ({ id }) => this.heal(id),
    removeAtEnd: async ({ path }) => {
      if (!isFolderOfRun(path, this.#record.runId)) {
        throw new KeeperError({ kind: 'bad_request', message: `${path} does not hold the run's id` })
      }
      this.#save({ removeAtEnd: [...this.#record.removeAtEnd, path] })
      return null
    },
    removeNow: async ({ path }) => {
      await removeFolderOfRun(path, this.#record.runId)
      this.#save({ removeAtEnd: this.#record.removeAtEnd.filter((one) => one !== path) })
      return null
    },
    detach: async ({ urls }) => {
      this.#save({ isDetached: true, urls })
      return null
    },
    endAll: async () => (await this.end()).problems,
  }

  async #replace(name: string): Promise<void> {
    const readyUrl = this.#children.specOf(name)?.replaceable?.readyUrl
    if (readyUrl === undefined) throw new Error(`${name} cannot be replaced`)
    const { spawned } = await this.#children.restart(name)
    this.#options.tell({ event: 'replaced', name, pid: spawned.pid, monotonicUs: spawned.monotonicUs })
    const { clock } = this.#options
    const endUs = clock.monotonicUs() + replaceMsMax * 1_000
    while (!(await answers(readyUrl))) {
      if (clock.monotonicUs() > endUs) throw new Error(`${name}, started anew, does not answer at ${readyUrl}`)
      await clock.sleep(20)
    }
  }

  #save(change: Partial<KeeperRecord>): void {
    const changed = { ...this.#record, ...change }
    writeRecord(this.#options.stateFolder, changed)
    this.#record = changed
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: abortAfter(500) })).ok
  } catch {
    return false
  }
}
