import type { Client } from 'pg'
import type { Clock } from '../domain/clock.ts'
import { sendToTree } from './ending.ts'
import { pollMs } from './limits.ts'
import { giveMemoryBack, mayHaveMemory } from './memory-limit.ts'
import { isMounted, mayHaveOwnDisk, type OwnDisk, resizeDisk } from './own-disk.ts'
import { isMark, type ProcessMark } from './process-table.ts'
import type { HealHow, UndoSetting } from './undo-setting.ts'
import { giveFilesBack, mayHaveOpenFiles } from './undo-signal.ts'

/**
 * What a fault holds in a database is let go: its sessions are ended, its settings set back, its process goes on, and
 * what it replays is replayed.
 */
export interface DatabaseUndo {
  readonly kind: 'database'
  /** postgres://… of a superuser, straight and past every proxy. Holds a password: the state folder is ours alone. */
  readonly url: string
  /** application_name of the fault's sessions. */
  readonly application: string
  /** Names of what ALTER SYSTEM may have set; those that it has not are no error. */
  readonly settings: readonly string[]
  /** Name of the stack's process that is this database. */
  readonly process: string
  /** The same as it ran when the fault came: it may have been stopped (SIGSTOP), and would then not answer. */
  readonly mark: ProcessMark
  /** It is ended and does not go on: another has taken over, and two would take writes. */
  readonly ends?: true
  /** How many files it might open before. */
  readonly openFiles?: number
  /** How much private memory each of its processes might have before; see memory-limit.ts. */
  readonly memory?: string
  /** The file system of its data, which may have been filled. */
  readonly disk?: OwnDisk
}

/** Verified by a look at the sessions that are left. Rejects when the database does not answer, or does not obey. */
export async function undoDatabase(action: DatabaseUndo, { runs, callMsMax, clock }: UndoSetting): Promise<HealHow> {
  sendToTree(action.mark, action.ends ? 'SIGKILL' : 'SIGCONT')
  await giveFilesBack(action.mark, action.openFiles)
  await giveMemoryBack(action.mark, action.memory)
  if (action.disk !== undefined && isMounted(action.disk)) await resizeDisk(action.disk)
  if (!runs(action.process)) return 'gone'
  // Loaded when it is needed: the keeper itself is to stay small.
  const { default: pg } = await import('pg')
  const client = new pg.Client({
    connectionString: action.url,
    application_name: 'squall undo',
    connectionTimeoutMillis: callMsMax,
    query_timeout: callMsMax,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await resetSettings(client, action.settings)
    await client.query('select case when pg_is_in_recovery() then pg_wal_replay_resume() end')
    await endSessions(client, action.application, callMsMax, clock)
    return 'undone'
  } finally {
    // Not waited for: a goodbye may hang.
    client.end().catch(() => undefined)
  }
}

async function resetSettings(client: Client, names: readonly string[]): Promise<void> {
  // One statement each: ALTER SYSTEM does not go into a transaction.
  for (const name of names) await client.query(`alter system reset ${client.escapeIdentifier(name)}`)
  if (names.length > 0) await client.query('select pg_reload_conf()')
}

/** By the database itself, since one whose client is gone may take a while to see it. Rejects when they do not end. */
export async function endSessions(client: Client, application: string, msMax: number, clock: Clock): Promise<void> {
  const sql = 'select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1'
  const endUs = clock.monotonicUs() + msMax * 1_000
  for (;;) {
    const { rowCount } = await client.query(sql, [application])
    if (rowCount === 0) return
    if (clock.monotonicUs() > endUs) throw new Error(`${rowCount} sessions of ${application} do not end`)
    await clock.sleep(pollMs)
  }
}

export function isDatabaseUndo(value: unknown): value is DatabaseUndo {
  if (typeof value !== 'object' || value === null || !('kind' in value) || value.kind !== 'database') return false
  const text = (key: string): boolean => typeof Object.getOwnPropertyDescriptor(value, key)?.value === 'string'
  const areNames = 'settings' in value && Array.isArray(value.settings) && value.settings.every(isName)
  return (
    ['url', 'application', 'process'].every(text) &&
    areNames &&
    'mark' in value &&
    isMark(value.mark) &&
    mayHaveOpenFiles(value) &&
    mayHaveMemory(value) &&
    mayHaveOwnDisk(value)
  )
}

/** A setting's name as PostgreSQL spells it; others would not be ours. */
function isName(value: unknown): boolean {
  return typeof value === 'string' && /^[a-z_]{1,63}$/.test(value)
}
