import { chown, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { StackEngines } from '../options.ts'

/** Where a node's backups and its archive lie: beside its data, and gone with the run. */
export function backupsDirOf(dataDir: string): string {
  return `${dataDir}.backups`
}

/** One archive for all who may become the primary: a replica that takes over goes on with it. */
export function archiveDirIn(backupsDir: string): string {
  return join(backupsDir, 'archive')
}

export async function makeBackupDirs(backupsDir: string, { places }: StackEngines): Promise<void> {
  for (const dir of [backupsDir, archiveDirIn(backupsDir)]) {
    await mkdir(dir, { recursive: true })
    if (places.postgresAccount) await chown(dir, places.postgresAccount.uid, places.postgresAccount.gid)
  }
}

/**
 * A segment appears in the archive whole and on disk, or not at all, and is never overwritten. One that is there with
 * the same bytes is a success: a server that crashed between the copy and its own note of it asks again (PostgreSQL 16
 * manual, 26.3.1).
 */
const archiveScript =
  'if [ -e "$2" ]; then cmp -s "$1" "$2"; else ' +
  'cp "$1" "$2.part" && sync "$2.part" && ln "$2.part" "$2" && rm "$2.part" && sync "$3"; fi'

/** Lines of postgresql.conf. Not on the command line, which a fault's ALTER SYSTEM could not get past. */
export function archiveSettings(archiveDir: string): string {
  const command = `sh -c ${asIs(archiveScript)} archive %p ${asIs(archiveDir)}/%f ${asIs(archiveDir)}`
  return `archive_command = ${settingText(command)}\n`
}

/** What fetches a segment back. */
export function restoreCommand(archiveDir: string): string {
  return `cp ${asIs(archiveDir)}/%f %p`
}

/** One word of a shell command in which PostgreSQL fills in what follows a percent sign. */
function asIs(text: string): string {
  return `'${text.replaceAll("'", "'\\''").replaceAll('%', '%%')}'`
}

/** As postgresql.conf has texts. */
function settingText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
}
