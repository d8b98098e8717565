import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Endable } from './ending.ts'
import { codeOf, KeeperError, messageOf } from './keeper-error.ts'
import { isMark, type ProcessMark, readProcess } from './process-table.ts'
import { isUndoAction, type UndoAction } from './undo.ts'

/**
 * What must outlive the harness and the keeper, one folder a run:
 *
 *     <state>/runs/<run id>/keeper.json       who keeps the run, its processes, its folders
 *                           undo/<id>.json    how each active fault is undone, on disk before the fault acts
 */
export interface KeeperRecord {
  readonly format: 1
  readonly runId: string
  readonly runFolder: string | null
  readonly keeper: ProcessMark
  readonly bootId: string
  /** Numbers of processes mean something on this machine, or in this container, only. */
  readonly host: string
  /** UTC, ISO 8601. */
  readonly startedAt: string
  /** Kept without a harness (`up`), until `down`. */
  readonly isDetached: boolean
  /** What `up` said about the stack: URL by name. */
  readonly urls: Readonly<Record<string, string>>
  /** In the order of their start. */
  readonly processes: readonly RecordedProcess[]
  /** Folders that go with the run, such as a database's data; each has the run's id in its path. */
  readonly removeAtEnd: readonly string[]
}

export interface RecordedProcess extends Endable {
  readonly ports: readonly number[]
  /** The program alone: arguments may hold secrets. */
  readonly program: string
}

export interface RecordedUndo {
  readonly id: string
  readonly action: UndoAction
}

const recordName = 'keeper.json'
const undoDirName = 'undo'
const making = '.making-'

export function runsDirOf(stateDir: string): string {
  return join(stateDir, 'runs')
}

/** Folders of runs that are open, or were left so. */
export function listStateFolders(stateDir: string): string[] {
  const dir = runsDirOf(stateDir)
  return (existsSync(dir) ? readdirSync(dir, { withFileTypes: true }) : [])
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => join(dir, entry.name))
    .sort()
}

/**
 * Makes the folder with its record in it, at once for whoever looks: a folder without a record would be taken for a
 * dead run's. Throws a KeeperError `state_not_written`; `bad_request` when there is such a run.
 */
export function createStateFolder(folder: string, record: KeeperRecord): void {
  const unfinished = join(dirname(folder), `${making}${record.keeper.pid}-${basename(folder)}`)
  written(folder, () => {
    makeOpenDir(dirname(folder))
    mkdirSync(join(unfinished, undoDirName), { recursive: true, mode: 0o700 })
    writeWhole(join(unfinished, recordName), record)
  })
  try {
    renameSync(unfinished, folder)
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true })
    throw new KeeperError({
      kind: 'bad_request',
      message: `there is a run ${basename(folder)} already (${folder}): ${messageOf(error)}`,
      code: codeOf(error),
      cause: error,
    })
  }
}

/** Whatever our umask: as root, PostgreSQL's own account must get through each folder that we add, to its data. */
function makeOpenDir(dir: string): void {
  const first = mkdirSync(dir, { recursive: true })
  for (let at = dir; first !== undefined && at.startsWith(first); at = dirname(at)) chmodSync(at, 0o755)
}

/** Removes what keepers left that died while they made their folder. */
export function removeUnfinished(stateDir: string): void {
  const dir = runsDirOf(stateDir)
  for (const name of existsSync(dir) ? readdirSync(dir) : []) {
    const pid = new RegExp(`^\\${making}(\\d+)-`).exec(name)?.[1]
    // One whose number has been given to another process stays until that one has ended: it is empty and small.
    if (pid !== undefined && readProcess(Number(pid)) === undefined) {
      rmSync(join(dir, name), { recursive: true, force: true })
    }
  }
}

/** Throws a KeeperError `state_not_written`. */
export function writeRecord(folder: string, record: KeeperRecord): void {
  written(folder, () => writeWhole(join(folder, recordName), record))
}

/** Undefined when there is none that can be read. */
export function readRecord(folder: string): KeeperRecord | undefined {
  const value = readJson(join(folder, recordName))
  return isRecord(value) ? value : undefined
}

/** Of a Squall newer than this one: not ours to judge or to clear. */
export function isOfNewerFormat(folder: string): boolean {
  const value = readJson(join(folder, recordName))
  return typeof value === 'object' && value !== null && 'format' in value && Number(value.format) > 1
}

/** On disk when this returns. Throws a KeeperError `state_not_written`, and then the fault must not act. */
export function writeUndo(folder: string, id: string, action: UndoAction): void {
  written(folder, () => writeWhole(undoPath(folder, id), action))
}

export function removeUndo(folder: string, id: string): void {
  try {
    unlinkSync(undoPath(folder, id))
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
}

/** Those that can be read; `damaged` names the files that cannot (a newer format, a disk that lies). */
export function readUndos(folder: string): { readonly undos: readonly RecordedUndo[]; readonly damaged: string[] } {
  const dir = join(folder, undoDirName)
  const undos: RecordedUndo[] = []
  const damaged: string[] = []
  for (const name of existsSync(dir) ? readdirSync(dir).sort() : []) {
    if (!name.endsWith('.json')) continue
    const action = readJson(join(dir, name))
    if (isUndoAction(action)) undos.push({ id: name.slice(0, -'.json'.length), action })
    else damaged.push(join(dir, name))
  }
  return { undos, damaged }
}

/** An id becomes a file's name. */
export function isUndoId(id: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/.test(id)
}

function undoPath(folder: string, id: string): string {
  return join(folder, undoDirName, `${id}.json`)
}

/** Written under another name, forced to disk, renamed: a reader finds the old text or the new one, never a part. */
function writeWhole(path: string, value: object): void {
  const unfinished = `${path}.new`
  try {
    const file = openSync(unfinished, 'w', 0o600)
    try {
      const bytes = Buffer.from(`${JSON.stringify(value, null, 2)}\n`)
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(unfinished, path)
  } catch (error) {
    rmSync(unfinished, { force: true })
    throw error
  }
  syncFolder(dirname(path))
}

/** Makes the new name itself last. */
function syncFolder(dir: string): void {
  const handle = openSync(dir, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

function written(folder: string, write: () => void): void {
  try {
    write()
  } catch (error) {
    throw new KeeperError({
      kind: 'state_not_written',
      message: `the state folder ${folder} cannot be written: ${messageOf(error)}`,
      hint: 'make room on that disk, or set SQUALL_STATE to another folder; no fault acts without its undo on disk',
      code: codeOf(error),
      cause: error,
    })
  }
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is KeeperRecord {
  if (typeof value !== 'object' || value === null) return false
  const has = (key: string, isRight: (item: unknown) => boolean): boolean =>
    isRight(Object.getOwnPropertyDescriptor(value, key)?.value)
  const isText = (item: unknown): boolean => typeof item === 'string'
  const isListOf =
    (isRight: (item: unknown) => boolean) =>
    (item: unknown): boolean =>
      Array.isArray(item) && item.every(isRight)
  return (
    has('format', (item) => item === 1) &&
    ['runId', 'bootId', 'host', 'startedAt'].every((key) => has(key, isText)) &&
    has('keeper', isMark) &&
    has('isDetached', (item) => typeof item === 'boolean') &&
    has('processes', isListOf(isMark)) &&
    has('removeAtEnd', isListOf(isText))
  )
}
