import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'

/** prlimit(1) does one system call. */
const prlimitMsMax = 2_000

/** How many files a process may have open (its soft limit); null: no limit, not told, or it has ended. */
export function readOpenFilesLimit(pid: number): number | null {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/limits`, 'utf8'))?.[1]
    return soft === undefined ? null : Number(soft)
  } catch {
    return null
  }
}

/** The lowest number that its next file would get: with a limit of it, it can open none (getrlimit(2), RLIMIT_NOFILE). Throws when it has ended. */
export function nextFileNumber(pid: number): number {
  const taken = new Set(readdirSync(`/proc/${pid}/fd`).map(Number))
  let number = 0
  while (taken.has(number)) number += 1
  return number
}

/**
 * Sets the soft limit alone, which whoever owns the process may raise again. Done as its owner: root may not have the
 * right to another account's limits (CAP_SYS_RESOURCE). Rejects with what prlimit says, or when the process has ended.
 */
export async function limitOpenFiles(pid: number, soft: number): Promise<void> {
  const { uid, gid } = statSync(`/proc/${pid}`)
  const owner = process.getuid?.() === 0 ? { uid, gid } : {}
  const argv = ['--pid', String(pid), `--nofile=${soft}:`]
  await new Promise<void>((resolve, reject) => {
    execFile('prlimit', argv, { timeout: prlimitMsMax, ...owner }, (error, _, stderr) => {
      const why = stderr.trim() || error?.message
      if (error === null) resolve()
      else reject(new Error(`prlimit (util-linux) could not set the open files of ${pid}: ${why}`))
    })
  })
}
