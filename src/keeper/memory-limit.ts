import { readSoftLimit, setSoftLimit } from './prlimit.ts'
import { isRunning, type ProcessMark, runningTrees } from './process-table.ts'

/** What each process may have of private memory (getrlimit(2), RLIMIT_DATA): bytes or `unlimited`; null: not told. */
export function readMemoryLimit(pid: number): string | null {
  return readSoftLimit(pid, 'Max data size')
}

/**
 * To the process and all that descends from it, itself first, since whoever it starts from then on inherits; then to
 * those that were started meanwhile. Nothing happens where it has ended. Rejects with what prlimit says.
 */
export async function limitMemory(root: ProcessMark, soft: string): Promise<void> {
  for (let round = 0; round < 2; round += 1) {
    if (!isRunning(root)) return
    const others = runningTrees([root]).filter(({ pid }) => pid !== root.pid && readMemoryLimit(pid) !== soft)
    // The root is always among them: by it the owner of all is known, and the others come and go.
    await setSoftLimit([root.pid, ...others.map(({ pid }) => pid)], 'data', soft)
  }
}

/** At once done where it has ended, or where it has what it had. */
export async function giveMemoryBack(root: ProcessMark, before: string | undefined): Promise<void> {
  if (before === undefined || !isRunning(root) || readMemoryLimit(root.pid) === before) return
  await limitMemory(root, before)
}

/** As JSON has it: bytes as text, `unlimited`, or nothing. */
export function mayHaveMemory(value: object): boolean {
  return !('memory' in value) || (typeof value.memory === 'string' && /^(unlimited|\d{1,18})$/.test(value.memory))
}
