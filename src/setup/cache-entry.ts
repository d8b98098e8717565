import { chmod, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { olderEntriesKept } from './limits.ts'
import { withLock } from './lock.ts'
import type { Setting } from './setting.ts'

/**
 * A folder in the cache that is either whole or not there: `<cacheDir>/<kind>/<key>/`. It is made under a name of its
 * own and renamed at its end, with a note in it (`entry.json`) of what its maker found out, such as a version.
 */
export interface EntryPlace {
  readonly cacheDir: string
  readonly kind: string
  readonly key: string
}

export type EntryNote = Readonly<Record<string, string>>

export interface Entry {
  readonly dir: string
  readonly note: EntryNote
}

const noteName = 'entry.json'
const unfinished = '.making-'

export async function findEntry(place: EntryPlace): Promise<Entry | undefined> {
  const dir = join(place.cacheDir, place.kind, place.key)
  const note = await readNote(join(dir, noteName))
  return note ? { dir, note } : undefined
}

/** The newest whole entry whose key starts so. */
export async function findNewestEntry(cacheDir: string, kind: string, keyStart: string): Promise<Entry | undefined> {
  const keys = await keysNewestFirst(join(cacheDir, kind))
  for (const key of keys.filter((name) => name.startsWith(keyStart))) {
    const entry = await findEntry({ cacheDir, kind, key })
    if (entry) return entry
  }
  return undefined
}

/**
 * The entry, made first when it is not there. `make` fills the folder it is given and resolves to the note. Two
 * processes at once: one makes it, the other waits. What a dead maker left is removed. Rejects as `make` does.
 */
export async function ensureEntry(
  place: EntryPlace,
  setting: Setting,
  make: (dir: string) => Promise<EntryNote>,
): Promise<Entry> {
  const there = await findEntry(place)
  if (there) return there
  const kindDir = join(place.cacheDir, place.kind)
  const tellWaiting = (): void => setting.progress({ id: place.kind, message: 'another process is making it: waiting' })
  const makeIt = async (): Promise<Entry> => {
    const since = await findEntry(place)
    if (since) return since
    await removeUnfinished(kindDir)
    const making = join(kindDir, `${unfinished}${process.pid}`)
    try {
      await makeOpenDir(place.cacheDir)
      await makeOpenDir(kindDir)
      await makeOpenDir(making)
      const note = await make(making)
      // For our eyes only: the note of a database holds its passwords.
      await writeFile(join(making, noteName), `${JSON.stringify(note)}\n`, { mode: 0o600 })
      // One that is there now has no readable note: it was damaged.
      await rm(join(kindDir, place.key), { recursive: true, force: true })
      await rename(making, join(kindDir, place.key))
    } finally {
      await rm(making, { recursive: true, force: true })
    }
    await removeOlder(kindDir, place.key)
    const made = await findEntry(place)
    if (!made) throw new Error(`${join(kindDir, place.key)} vanished as soon as it was made`)
    return made
  }
  return withLock(join(kindDir, '.lock'), setting, makeIt, tellWaiting)
}

async function readNote(path: string): Promise<EntryNote | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'))
    return isNote(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isNote(value: unknown): value is EntryNote {
  return typeof value === 'object' && value !== null && Object.values(value).every((item) => typeof item === 'string')
}

/** Whatever our umask: PostgreSQL, which runs under another account when we are root, has to get through. */
async function makeOpenDir(dir: string): Promise<void> {
  const first = (await mkdir(dir, { recursive: true })) ?? dir
  for (let at = dir; at.startsWith(first); at = dirname(at)) await chmod(at, 0o755)
}

async function removeUnfinished(kindDir: string): Promise<void> {
  const names = await readdir(kindDir)
  for (const name of names.filter((each) => each.startsWith(unfinished))) {
    await rm(join(kindDir, name), { recursive: true, force: true })
  }
}

async function removeOlder(kindDir: string, keptKey: string): Promise<void> {
  const older = (await keysNewestFirst(kindDir)).filter((key) => key !== keptKey)
  for (const key of older.slice(olderEntriesKept)) await rm(join(kindDir, key), { recursive: true, force: true })
}

async function keysNewestFirst(kindDir: string): Promise<string[]> {
  const names = (await readdir(kindDir).catch(() => [])).filter((name) => !name.startsWith('.'))
  const dated = await Promise.all(
    names.map(async (name) => ({ name, changedMs: (await stat(join(kindDir, name))).mtimeMs })),
  )
  return dated.sort((a, b) => b.changedMs - a.changedMs).map(({ name }) => name)
}
