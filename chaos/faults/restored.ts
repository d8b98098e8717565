import type {
  Backup,
  BackupControl,
  BackupKind,
  IntegrityReport,
  RestorePoint,
  RunSql,
} from '../../src/domain/backup.ts'
import { rowsMatch } from '../../src/domain/integrity.ts'
import type { NodeControl } from '../../src/domain/node-control.ts'
import { databaseOf, sqlStateOf } from './database-of.ts'

/** What faults have in common whose end is a restore: the heal is the recovery under test, and tells each step of it. */

export function backupOf({ id, backup }: NodeControl): BackupControl {
  if (backup === null) throw new TypeError(`the plan has no backups of ${id}`)
  return backup
}

/** Taken before the load: whoever restores has a backup that is older than the harm. */
export async function takeBackup(node: NodeControl, kind: BackupKind): Promise<void> {
  tellBackup(node, await backupOf(node).ensure(kind))
}

function tellBackup(node: NodeControl, { kind, startedUnixUs, durationMs, bytes }: Backup): void {
  node.tell('backup_taken', { kind, startedUnixUs, durationMs, bytes })
}

/** Rejects, before any harm is done, where there is no way back. */
export async function requireBackup(node: NodeControl, kind: BackupKind): Promise<void> {
  if ((await backupOf(node).newest(kind)) === null)
    throw new Error(`there is no ${kind} of ${node.id}: what is lost now could not be brought back`)
}

/** What the schedule rests on, as it is at that moment. */
export async function tellArchiving(node: NodeControl): Promise<void> {
  node.tell('archiving', { ...(await backupOf(node).archiving()) })
}

/** Restore points right before harm that was done, or may have been. */
const points = new WeakMap<NodeControl, RestorePoint>()

/** SQLSTATE of a transaction that PostgreSQL ended to break a deadlock. */
const deadlockState = '40P01'
/** The load may lock the same tables in another order, again and again; a fault has 5 s to be applied. */
const triesMax = 20
/** Ours looks for a deadlock before anybody else does, so that it is ours that is ended, and soon; the usual is a second. */
const lookSooner = "set local deadlock_timeout = '100ms'"

interface TableHarm {
  /** As SQL has it. */
  readonly table: string
  /** What keeps writers off, and readers too where the harm would wait for these. */
  readonly lock: 'share row exclusive' | 'access exclusive'
  readonly act: (run: RunSql) => Promise<void>
}

/**
 * Locks the table, marks a restore point and does the harm, in one transaction: between the point and the harm nobody
 * writes to the table. An empty one is refused: its return would prove nothing.
 */
export async function harmAtPoint(node: NodeControl, { table, lock, act }: TableHarm): Promise<void> {
  await requireBackup(node, 'base-backup')
  await tellArchiving(node)
  for (let tries = 1; ; tries += 1) {
    try {
      await databaseOf(node).transaction(async (run) => {
        await run(lookSooner)
        await run(`lock table ${table} in ${lock} mode`)
        const point = await backupOf(node).markPoint(run, table)
        if (point.table.rows === 0) throw new Error(`${point.table.name} is empty: its return would prove nothing`)
        await act(run)
        // Whether the commit was done is not known until it is answered: from here on there may be harm to heal.
        points.set(node, point)
      })
      const { name, table: marked } = points.get(node) ?? {}
      node.tell('restore_point', { name, table: marked?.name, rows: marked?.rows })
      return
    } catch (error) {
      if (sqlStateOf(error) !== deadlockState || tries >= triesMax) throw error
    }
  }
}

/**
 * The whole database as it was at the point, on a server of its own; from there the table, alone, back into the live
 * one. What was not restored as it was is not put there.
 */
export async function bringBack(node: NodeControl, how: 'returnTable' | 'returnRows'): Promise<void> {
  await databaseOf(node).release()
  const point = points.get(node)
  if (point === undefined) return
  const backup = backupOf(node)
  await using restored = await backup.restoreTo(point)
  const { durationMs, bytes } = restored
  node.tell('restored', { from: 'base-backup', to: point.name, durationMs, bytes })
  const integrity = await backup.check(restored, point)
  tellIntegrity(node, integrity)
  if (!rowsMatch(integrity))
    throw new Error(`what was restored is not what ${point.table.name} was: it is not put back`)
  const returned = await backup[how](restored, point)
  node.tell('table_returned', { table: point.table.name, ...returned })
}

/** Harms nothing: the newest backup on a server of its own, held against what there was when it was taken. */
export async function proveBackup(node: NodeControl, kind: BackupKind): Promise<void> {
  await tellArchiving(node)
  const { backup, durationMs, bytes, integrity } = await backupOf(node).verify(kind)
  node.tell('restored', { from: backup.kind, to: 'elsewhere', durationMs, bytes })
  tellIntegrity(node, integrity)
}

export function tellIntegrity(node: NodeControl, report: IntegrityReport): void {
  node.tell('integrity', { ...report, rowsMatch: rowsMatch(report) })
}
