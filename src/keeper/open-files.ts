import { readdirSync } from 'node:fs'
import { readSoftLimit, setSoftLimit } from './prlimit.ts'

/** How many files a process may have open; null: no limit, not told, or it has ended. */
export function readOpenFilesLimit(pid: number): number | null {
  const soft = Number(readSoftLimit(pid, 'Max open files') ?? Number.NaN)
  return Number.isSafeInteger(soft) ? soft : null
}

/** The lowest number that its next file would get: with a limit of it, it can open none (getrlimit(2), RLIMIT_NOFILE). Throws when it has ended. */
export function nextFileNumber(pid: number): number {
  const taken = new Set(readdirSync(`/proc/${pid}/fd`).map(Number))
  let number = 0
  while (taken.has(number)) number += 1
  return number
}

/** Rejects with what prlimit says, or when the process has ended. */
export async function limitOpenFiles(pid: number, soft: number): Promise<void> {
  await setSoftLimit([pid], 'nofile', String(soft))
}
