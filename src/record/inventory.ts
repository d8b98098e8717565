import { createHash } from 'node:crypto'
import { closeSync, openSync, readdirSync, readSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

/** What vouches for all other files of a run folder, and so cannot be among them. */
export const evidenceFileName = 'evidence.json'

export interface FileDigest {
  /** Path inside the run folder, with slashes. */
  readonly file: string
  readonly bytes: number
  readonly sha256: string
}

export interface Inventory {
  readonly files: readonly FileDigest[]
  /** Links, pipes, devices: no bytes of their own that a digest could vouch for. */
  readonly others: readonly string[]
}

/** Read at a time: the calls of a long run do not fit in memory twice. */
const chunkBytes = 1024 * 1024

/** Every file of a run folder, at any depth, by path; evidence.json itself left out. Throws what the system says. */
export function takeInventory(folder: string): Inventory {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => ({ entry, file: relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/') }))
    .filter(({ file }) => file !== evidenceFileName)
    .sort((a, b) => (a.file < b.file ? -1 : 1))
  return {
    files: entries.filter(({ entry }) => entry.isFile()).map(({ file }) => ({ file, ...digestOf(join(folder, file)) })),
    others: entries.filter(({ entry }) => !entry.isFile()).map(({ file }) => file),
  }
}

function digestOf(path: string): Omit<FileDigest, 'file'> {
  const hash = createHash('sha256')
  const chunk = Buffer.alloc(chunkBytes)
  const descriptor = openSync(path, 'r')
  let bytes = 0
  try {
    for (;;) {
      const read = readSync(descriptor, chunk, 0, chunkBytes, null)
      if (read === 0) break
      hash.update(chunk.subarray(0, read))
      bytes += read
    }
  } finally {
    closeSync(descriptor)
  }
  return { bytes, sha256: hash.digest('hex') }
}

export type FileKind = 'recorded' | 'derived' | 'added'

/** `recorded`: by the run, the ground of every verdict. `derived`: from that, by judging it. `added`: by people. */
export function kindOf(file: string, derived: ReadonlySet<string>): FileKind {
  if (derived.has(file)) return 'derived'
  const isRecorded = file === 'run.json' || file.endsWith('.ndjson') || file.startsWith('logs/')
  return isRecorded ? 'recorded' : 'added'
}
