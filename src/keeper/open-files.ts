import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** prlimit(1) does one system call. */
const prlimitMsMax = 2_000

/** How many files a process may have open (its soft limit); null where the system does not tell, or it has ended. */
export function readOpenFilesLimit(pid: number): number | null {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/limits`, 'utf8'))?.[1]
    return soft === undefined ? null : Number(soft)
  } catch {
    return null
  }
}

/** The lowest number that its next file would get: with a limit of it, it can open none (getrlimit(2), RLIMIT_NOFILE). */
export function nextFileNumber(pid: number): number {
  const taken = new Set(readdirSync(`/proc/${pid}/fd`).map(Number))
  let number = 0
  while (taken.has(number)) number += 1
  return number
}

/** Sets the soft limit alone, which whoever owns the process may raise again. Rejects with what prlimit says. */
export function limitOpenFiles(pid: number, soft: number): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile('prlimit', ['--pid', String(pid), `--nofile=${soft}:`], { timeout: prlimitMsMax }, (error, _, stderr) => {
      if (error === null) resolve()
      else
        reject(
          new Error(`prlimit (util-linux) could not set the open files of ${pid}: ${stderr.trim() || error.message}`),
        )
    })
  })
}
