import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DatabasePlace, Followed, Standing } from './database.ts'
import { attemptMsMax } from './limits.ts'
import { withDatabase } from './with-database.ts'

/**
 * In a database's data folder: what a fail-over changes of it, read anew at a reload. A file of its own, since what
 * stands on the command line cannot be changed, and what ALTER SYSTEM has set would be taken for a fault's. The
 * template's configuration includes it.
 */
const fileName = 'replication.conf'

/** Then it becomes PostgreSQL; a reload that comes too early is not its end. A follower is told by a file, which a promotion removes. */
const writeScript = `trap "" HUP; printf %s "$2" > "$1/${fileName}"`
const primaryScript = `${writeScript} && shift 2 && exec "$@"`
const followerScript = `${writeScript} && touch "$1/standby.signal" && shift 2 && exec "$@"`

/** argv that starts PostgreSQL by `run`, as one of several. */
export function replicatedArgv(
  { node, dataDir }: DatabasePlace,
  standing: Standing,
  user: string,
  run: readonly string[],
): string[] {
  const script = standing.followed === null ? primaryScript : followerScript
  return ['sh', '-c', script, 'replicated', dataDir, replicationText(node.id, standing, user), ...run]
}

/** For one that runs: it comes into force with a reload. */
export async function writeReplication(
  { node, dataDir }: DatabasePlace,
  standing: Standing,
  user: string,
): Promise<void> {
  // In place: the file is PostgreSQL's account's and stays so.
  await writeFile(join(dataDir, fileName), replicationText(node.id, standing, user))
}

/** The password is in the process's environment, where only its account can read it. */
export function replicationText(id: string, { followed, awaited }: Standing, user: string): string {
  const names = awaited.map((name) => `"${name}"`).join(', ')
  const lines = [
    ...(followed === null ? [] : following(id, followed, user)),
    `synchronous_standby_names = '${awaited.length === 0 ? '' : `ANY 1 (${names})`}'`,
    'synchronous_commit = on',
  ]
  return lines.map((line) => `${line}\n`).join('')
}

function following(id: string, { host, port }: Followed, user: string): string[] {
  return [
    `primary_conninfo = 'host=${host} port=${port} user=${user} application_name=${id}'`,
    `primary_slot_name = '${slotNameOf(id)}'`,
  ]
}

/** A slot's name has no dashes, and a node's id no underscores. */
function slotNameOf(id: string): string {
  return id.replaceAll('-', '_')
}

const dropLost = `select pg_drop_replication_slot(slot_name) from pg_replication_slots
  where slot_name = any($1::text[]) and wal_status = 'lost' and not active`
const makeMissing = `select pg_create_physical_replication_slot(wanted, true) from unnest($1::text[]) wanted
  where wanted not in (select slot_name::text from pg_replication_slots)`

/** One for each follower; those that are there already stay, unless what they kept is lost. */
export async function makeSlots(url: string, ids: readonly string[]): Promise<void> {
  const names = ids.map(slotNameOf)
  await withDatabase(url, attemptMsMax, async (client) => {
    await client.query(dropLost, [names])
    await client.query(makeMissing, [names])
  })
}
