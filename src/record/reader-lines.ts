import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'
import { RunFolderError } from './reader-error.ts'

/** Read at once. Larger chunks measured no faster; smaller ones cost more calls. */
const chunkBytes = 1 << 20
/** A longer line is no row of ours: the longest we write is an error's text or a command line. */
const lineBytesMax = 16 << 20

const newline = 10

interface LinesRead {
  readonly sha256: string
  /** The file ended within a line: that line was not given to `onLine`. */
  readonly halfLine: boolean
}

/**
 * Gives each whole line of a file as a stretch [start, end) of a buffer that is overwritten afterwards. When `onLine`
 * returns false no further line is given; the file is read to its end all the same, for its hash.
 * Throws what the file system throws, and RunFolderError `damaged` for a line over 16 MiB.
 */
export function readLines(path: string, onLine: (buffer: Buffer, start: number, end: number) => boolean): LinesRead {
  const hash = createHash('sha256')
  const file = openSync(path, 'r')
  try {
    let buffer = Buffer.allocUnsafe(chunkBytes)
    let kept = 0
    let wanted = true
    for (;;) {
      if (kept === buffer.length) buffer = grown(buffer, path)
      const got = readSync(file, buffer, kept, buffer.length - kept, null)
      if (got === 0) return { sha256: hash.digest('hex'), halfLine: wanted && kept > 0 }
      const filled = kept + got
      hash.update(buffer.subarray(kept, filled))
      let start = 0
      while (wanted) {
        const end = buffer.indexOf(newline, start)
        if (end < 0 || end >= filled) break
        wanted = onLine(buffer, start, end)
        start = end + 1
      }
      if (wanted) buffer.copyWithin(0, start, filled)
      kept = wanted ? filled - start : 0
    }
  } finally {
    closeSync(file)
  }
}

function grown(buffer: Buffer<ArrayBuffer>, path: string): Buffer<ArrayBuffer> {
  if (buffer.length >= lineBytesMax) {
    throw new RunFolderError('damaged', `${path} has a line over ${lineBytesMax} bytes`, 'It is no stream of a run.')
  }
  const larger = Buffer.allocUnsafe(buffer.length * 2)
  buffer.copy(larger)
  return larger
}
