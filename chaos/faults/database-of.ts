import { type DatabaseControl, faultApplication, type NodeControl } from '../../src/domain/node-control.ts'
import type { ProbeQuestion, ProbeSample } from '../../src/domain/probe-sample.ts'
import type { Doing } from './fault.ts'

/** What faults on databases have in common: how they get at it, and how they are seen from within. */

/** A plan that was checked lets faults with the role postgres act on databases alone. */
export function databaseOf(node: NodeControl): DatabaseControl {
  if (node.database === null) throw new TypeError(`${node.id} is no database`)
  return node.database
}

/** `table` or `schema.table` as SQL; the plan's check lets letters, digits, _ and one dot through. */
export function quoted(table: string): string {
  return table
    .split('.')
    .map((part) => `"${part}"`)
    .join('.')
}

/** Sessions that an injection holds, in pg_stat_activity. A plan's check leaves nothing in an id that SQL would mind. */
export function heldBy(injectionId: string): string {
  return `application_name = '${faultApplication(injectionId)}'`
}

/** How many relations it has locked against everybody; the same asked from any database of the server. */
export function tablesHeldBy(injectionId: string): ProbeQuestion {
  return asks(`select count(*) from pg_locks
    where granted and mode = 'AccessExclusiveLock' and locktype = 'relation'
    and pid in (select pid from pg_stat_activity where ${heldBy(injectionId)})`)
}

export function asks(sql: string): ProbeQuestion {
  return { sql, isLarge: false }
}

/** Of a question whose answer tells: no answer tells neither that the harm is there nor that it is gone. */
export function byAnswer(sample: ProbeSample, isHarm: (answer: string | null) => boolean): boolean | null {
  return sample.error === null ? isHarm(sample.answer) : null
}

/** Resolves when the work settles, or at once when the fault is to end: `release` ends what still runs then. */
export async function untilOver({ signal }: Doing, work: Promise<unknown>): Promise<void> {
  const over = new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
  const settled = work.catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
  await Promise.race([settled, over])
}

/** SQLSTATE of what a database has refused; null for anything else. */
export function sqlStateOf(error: unknown): string | null {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : null
}
