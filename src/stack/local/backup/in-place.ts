import { rename } from 'node:fs/promises'
import type { DatabaseState } from '../../../domain/backup.ts'
import { makeBackupDirs } from './archive.ts'
import { type BackupSetting, runScript } from './backup-setting.ts'
import { readDatabase } from './database-state.ts'
import { restoreMsMax } from './limits.ts'
import { copyBase, restoreDump } from './restore.ts'
import { type OwnServer, startOwnServer } from './restored-server.ts'
import { withSession } from './session.ts'
import type { Taken } from './take.ts'

/** All that was in the data folder of a database that has ended is gone. */
export async function loseData(setting: BackupSetting): Promise<void> {
  const script = 'find "$1" -mindepth 1 -delete'
  await runScript(setting, { what: 'lose-data', msMax: restoreMsMax }, script, [setting.place.dataDir])
}

export interface Restored {
  readonly durationMs: number
  readonly bytes: number
  readonly actual: DatabaseState
}

/**
 * A base backup in the live database's own folder. First it is brought to the point up to which its rows are known, and
 * looked at; then by all that was archived since. Nobody else can connect before it is looked at as a whole.
 */
export async function restoreBaseInPlace(setting: BackupSetting, taken: Taken): Promise<Restored> {
  const { place, plan, context } = setting
  const { dataDir } = place
  const timer = new Stopwatch(context.clock.monotonicUs)
  await timer.run(() => copyBase(setting, taken, dataDir))
  let known: DatabaseState | null = null
  if (taken.point !== null) {
    const recovery = { target: taken.point, action: 'pause' } as const
    const server = await startOwnServer(setting, { dataDir, recovery, archives: false })
    try {
      known = await look(server.url, 'all')
    } finally {
      await server.stop('orderly')
    }
  }
  const recovery = plan.archive ? ({ target: null, action: 'promote' } as const) : null
  const server = await timer.run(() => startOwnServer(setting, { dataDir, recovery, archives: true }))
  try {
    const last = await look(server.url, 'all')
    // Rows as of the point where they are known; all else, their age above all, of the database as it goes on.
    const actual = known === null ? last : { ...last, tables: known.tables }
    return { durationMs: timer.totalMs, bytes: await sizeOf(server.url), actual }
  } finally {
    await server.stop('orderly')
  }
}

/**
 * A dump in a new cluster in that folder. Another cluster's archive is none of its own: it is put aside. `alone`: what else
 * is to be done before anybody can connect.
 */
export async function restoreDumpInPlace(
  setting: BackupSetting,
  taken: Taken,
  alone: (server: OwnServer) => Promise<void>,
): Promise<Restored> {
  const { place, plan, context, engines, archiveDir } = setting
  const timer = new Stopwatch(context.clock.monotonicUs)
  if (plan.archive) {
    await rename(archiveDir, `${archiveDir}-${setting.newName('old')}`)
    await makeBackupDirs(setting.dir, engines)
  }
  const server = await timer.run(() => restoreDump(setting, taken, { dataDir: place.dataDir, archives: true }))
  try {
    const actual = await look(server.url, 'all')
    await alone(server)
    return { durationMs: timer.totalMs, bytes: await sizeOf(server.url), actual }
  } finally {
    await server.stop('orderly')
  }
}

export function look(url: string, tables: 'all' | readonly string[]): Promise<DatabaseState> {
  return withSession(url, restoreMsMax, (run) => readDatabase(run, tables))
}

/** Bytes of all databases of a server, the log apart. */
export async function sizeOf(url: string): Promise<number> {
  const sql = 'select sum(pg_database_size(oid)) as bytes from pg_database'
  const [row] = await withSession(url, restoreMsMax, (run) => run(sql))
  return Number(row?.bytes)
}

/** Of work with looks of ours in between, which are not part of it. */
class Stopwatch {
  totalMs = 0
  readonly #nowUs: () => number

  constructor(nowUs: () => number) {
    this.#nowUs = nowUs
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    const beganUs = this.#nowUs()
    try {
      return await work()
    } finally {
      this.totalMs += (this.#nowUs() - beganUs) / 1_000
    }
  }
}
