import { execFile } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { fillTriesMax, mountMsMax } from './limits.ts'
import { readMounts } from './mounts.ts'

/** What such a file system is called in the table of mounts: only these are ever resized or taken away. */
export const ownDiskSource = 'squall'

/** A file system in memory of one node's data: where it is mounted, and how much it may hold when no fault fills it. */
export interface OwnDisk {
  readonly path: string
  readonly bytes: number
}

export function isMounted({ path }: Pick<OwnDisk, 'path'>): boolean {
  return ownMounts().includes(realPathOf(path))
}

export async function resizeDisk({ path, bytes }: OwnDisk): Promise<void> {
  await run('mount', ['-o', `remount,size=${bytes}`, path])
}

/**
 * Takes all that is free: the file system is made as large as what it holds. Whoever writes may take a page between our
 * look and the resize, which is then refused, and tried again. Ends at once when the signal aborts; until a resize that is under
 * way has ended it is not done.
 */
export async function fillDisk({ path }: Pick<OwnDisk, 'path'>, signal: AbortSignal): Promise<void> {
  let refusal: unknown = null
  for (let turn = 0; turn < fillTriesMax && !signal.aborted; turn += 1) {
    const { blocks, bfree, bsize } = await statfs(path)
    if (bfree === 0 || signal.aborted) return
    try {
      return await resizeDisk({ path, bytes: (blocks - bfree) * bsize })
    } catch (error) {
      refusal = error
    }
  }
  if (!signal.aborted) throw new Error(`${path} could not be filled in ${fillTriesMax} tries: ${String(refusal)}`)
}

/** Takes away the file systems of ours at or below `folder`; at once, even where something still uses one. */
export async function unmountBelow(folder: string): Promise<void> {
  for (const path of ownMountsBelow(folder).toReversed()) await run('umount', ['-l', path])
}

/** Where file systems of ours are mounted, at or below `folder`, in the order in which they were. */
export function ownMountsBelow(folder: string): readonly string[] {
  const real = realPathOf(folder)
  return ownMounts().filter((path) => path === real || path.startsWith(`${real}/`))
}

/** As the kernel's table has it; one that is not there is mounted nowhere. */
function realPathOf(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

function ownMounts(): string[] {
  return readMounts()
    .filter(({ type, source }) => type === 'tmpfs' && source === ownDiskSource)
    .map(({ path }) => path)
}

function run(command: string, argv: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(command, argv, { timeout: mountMsMax }, (error, _, stderr) => {
      if (error === null) resolve()
      else reject(new Error(`${command} (util-linux): ${stderr.trim() || error.message}`))
    })
  })
}

/** As JSON has it. */
export function mayHaveOwnDisk(value: object): boolean {
  if (!('disk' in value)) return true
  const { disk } = value
  if (typeof disk !== 'object' || disk === null || !('path' in disk) || !('bytes' in disk)) return false
  return (
    typeof disk.path === 'string' && isAbsolute(disk.path) && Number.isSafeInteger(disk.bytes) && Number(disk.bytes) > 0
  )
}
