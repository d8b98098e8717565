import type {
  Archiving,
  Backup,
  BackupControl,
  BackupKind,
  BackupPlan,
  IntegrityReport,
  ProvenRestore,
  RestoredServer,
  RestorePoint,
  Returned,
  RunSql,
} from '../../../domain/backup.ts'
import { compareIntegrity } from '../../../domain/integrity.ts'
import { makeBackupDirs } from './archive.ts'
import { type BackupSetting, liveUrl } from './backup-setting.ts'
import { readTable, tableNames } from './database-state.ts'
import { look, loseData, type Restored, restoreBaseInPlace, restoreDumpInPlace, sizeOf } from './in-place.ts'
import { hurriedEndMsMax, restoreMsMax } from './limits.ts'
import { copyBase, removeFolder, restoreDump, scratchFolder } from './restore.ts'
import { type OwnServer, startOwnServer } from './restored-server.ts'
import { returnRows, returnTable } from './return-table.ts'
import { withSession, writeAlike } from './session.ts'
import { createPoint, readArchiving, switchAndWait, type Taken, takeBase, takeDump } from './take.ts'

/** A restored server that is thrown away with its files. */
class Scratch implements RestoredServer {
  readonly server: OwnServer
  readonly durationMs: number
  readonly bytes: number
  readonly #dataDir: string

  constructor(server: OwnServer, dataDir: string, durationMs: number, bytes: number) {
    this.server = server
    this.#dataDir = dataDir
    this.durationMs = durationMs
    this.bytes = bytes
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.stop('hurried')
    await removeFolder(this.#dataDir)
  }
}

/** Whoever restores sees no more of it than its numbers. */
function scratchOf(restored: RestoredServer): Scratch {
  if (restored instanceof Scratch) return restored
  throw new TypeError('no server of a local stack')
}

/** Backups of one database of a local stack. */
export class LocalBackups implements BackupControl {
  readonly plan: BackupPlan
  readonly #setting: BackupSetting
  readonly #newest = new Map<BackupKind, Promise<Taken>>()

  constructor(setting: BackupSetting) {
    this.plan = setting.plan
    this.#setting = setting
  }

  async ensure(kind: BackupKind): Promise<Backup> {
    return (await this.#ensured(kind)).backup
  }

  async newest(kind: BackupKind): Promise<Backup | null> {
    return (await this.#newest.get(kind))?.backup ?? null
  }

  archiving(): Promise<Archiving> {
    return withSession(liveUrl(this.#setting), restoreMsMax, readArchiving)
  }

  async markPoint(run: RunSql, table: string): Promise<RestorePoint> {
    await run(writeAlike('local'))
    const state = await readTable(run, table)
    const tables = await tableNames(run)
    const name = this.#setting.newName('point')
    return { name, ...(await createPoint(run, name)), table: state, tables }
  }

  async restoreTo(point: RestorePoint): Promise<RestoredServer> {
    const taken = this.#needed('base-backup')
    await switchAndWait(this.#setting, point.walFile)
    return this.#scratchOf(await taken, point.name)
  }

  async check(restored: RestoredServer, { table, tables }: RestorePoint): Promise<IntegrityReport> {
    const actual = await look(scratchOf(restored).server.url, [table.name])
    return compareIntegrity({ names: tables, tables: [table] }, actual)
  }

  returnTable(restored: RestoredServer, point: RestorePoint): Promise<Returned> {
    return this.#timed(() => returnTable(this.#setting, scratchOf(restored).server, point))
  }

  returnRows(restored: RestoredServer, point: RestorePoint): Promise<Returned> {
    return this.#timed(() => returnRows(this.#setting, scratchOf(restored).server, point))
  }

  loseData(): Promise<void> {
    return loseData(this.#setting)
  }

  async restoreInPlace(kind: BackupKind): Promise<ProvenRestore> {
    const taken = await this.#needed(kind)
    const restored = await (kind === 'base-backup'
      ? restoreBaseInPlace(this.#setting, taken)
      : restoreDumpInPlace(this.#setting, taken, (server) => this.#takeBaseAnew(server)))
    return proven(taken, restored)
  }

  async verify(kind: BackupKind): Promise<ProvenRestore> {
    const taken = await this.#needed(kind)
    await using scratch = await this.#scratchOf(taken, taken.point)
    const { durationMs, bytes, server } = scratch
    return proven(taken, { durationMs, bytes, actual: await look(server.url, 'all') })
  }

  /** Ends what still runs of it, with the stack. */
  async end(): Promise<void> {
    const { running, context } = this.#setting
    for (const name of running) await context.keeper.stop(name, { signal: 'SIGQUIT', graceMs: hurriedEndMsMax })
  }

  #nowUs(): number {
    return this.#setting.context.clock.monotonicUs()
  }

  /** One that could not be taken may be tried again. */
  #ensured(kind: BackupKind): Promise<Taken> {
    const taking = this.#newest.get(kind) ?? this.#take(kind)
    this.#newest.set(kind, taking)
    taking.catch(() => this.#newest.delete(kind))
    return taking
  }

  async #take(kind: BackupKind): Promise<Taken> {
    await makeBackupDirs(this.#setting.dir, this.#setting.engines)
    return kind === 'base-backup' ? takeBase(this.#setting) : takeDump(this.#setting)
  }

  /** A base backup is of the cluster that is no more: where there was one, the new cluster has its own. */
  async #takeBaseAnew({ port }: OwnServer): Promise<void> {
    if (!this.#newest.delete('base-backup')) return
    const { place } = this.#setting
    this.#newest.set('base-backup', Promise.resolve(await takeBase({ ...this.#setting, place: { ...place, port } })))
  }

  #needed(kind: BackupKind): Promise<Taken> {
    const taken = this.#newest.get(kind)
    if (taken === undefined) throw new Error(`there is no ${kind} of ${this.#setting.place.node.id}`)
    return taken
  }

  /** `point`, of a base backup; null: as far as its own log goes. */
  async #scratchOf(taken: Taken, point: string | null): Promise<Scratch> {
    const setting = this.#setting
    const beganUs = this.#nowUs()
    const dataDir = await scratchFolder(setting)
    const start = async (): Promise<OwnServer> => {
      if (taken.backup.kind === 'dump') return restoreDump(setting, taken, { dataDir, archives: false })
      await copyBase(setting, taken, dataDir)
      const recovery = point === null ? null : ({ target: point, action: 'promote' } as const)
      return startOwnServer(setting, { dataDir, recovery, archives: false })
    }
    try {
      const server = await start()
      const durationMs = (this.#nowUs() - beganUs) / 1_000
      return new Scratch(server, dataDir, durationMs, await sizeOf(server.url))
    } catch (error) {
      await removeFolder(dataDir)
      throw error
    }
  }

  async #timed(work: () => Promise<number>): Promise<Returned> {
    const beganUs = this.#nowUs()
    const rows = await work()
    return { rows, durationMs: (this.#nowUs() - beganUs) / 1_000 }
  }
}

function proven({ backup, holds }: Taken, { durationMs, bytes, actual }: Restored): ProvenRestore {
  return { backup, durationMs, bytes, integrity: compareIntegrity(holds, actual) }
}
