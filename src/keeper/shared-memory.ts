import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const removeMsMax = 1_000

/**
 * Removes the System V segments of databases below `dir` that were killed: 56 bytes each that nothing else frees before
 * the machine is started again. PostgreSQL notes them in postmaster.pid, which it takes away when it ends by itself.
 * Never rejects: where it cannot be done, the next machine start does it.
 */
export async function removeSegmentsBelow(dir: string): Promise<void> {
  const subfolders = await readdir(dir).catch(() => [])
  await Promise.all([dir, ...subfolders.map((name) => join(dir, name))].map(removeSegmentOf))
}

async function removeSegmentOf(dataDir: string): Promise<void> {
  const note = await readFile(join(dataDir, 'postmaster.pid'), 'utf8').catch(() => '')
  // Line 7 has key and id (src/include/utils/pidfile.h, LOCK_FILE_LINE_SHMEM_KEY).
  const [key, id] = note.split('\n')[6]?.trim().split(/\s+/) ?? []
  if (key === undefined || id === undefined || !(await isUnused(key, id))) return
  await run('ipcrm', ['-m', id], { timeout: removeMsMax }).catch(() => undefined)
}

/** Such a segment is there, and no process has it: an id may since have been given to another. */
async function isUnused(key: string, id: string): Promise<boolean> {
  const table = await readFile('/proc/sysvipc/shm', 'utf8').catch(() => '')
  // Columns: key shmid perms size cpid lpid nattch …
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .some((row) => row[0] === key && row[1] === id && row[6] === '0')
}
