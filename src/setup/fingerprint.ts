import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'

/** Characters of a hash in folder names: 48 bits, ample for the handful of entries that ever lie side by side. */
const shortHashLength = 12

/**
 * A short hash over the names and contents of all files below `dir` that `wants` picks (path relative to `dir`), and
 * over `more`. Undefined when no file was picked: then there is nothing to build from.
 */
export async function fingerprint(
  dir: string,
  wants: (path: string) => boolean,
  more: readonly string[] = [],
): Promise<string | undefined> {
  const found = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => [])
  const paths = found
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)))
    .filter(wants)
    .sort()
  if (paths.length === 0) return undefined
  const hash = createHash('sha256')
  for (const path of paths) {
    const content = await readFile(join(dir, path))
    hash.update(`${path}\0${content.length}\0`).update(content)
  }
  for (const text of more) hash.update(`\0${text}`)
  return hash.digest('hex').slice(0, shortHashLength)
}

/** SHA-256 of one file, in hex. */
export async function sha256Of(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex')
}
