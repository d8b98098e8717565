import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** A process told apart from a later one with the same number. */
export interface ProcessMark {
  readonly pid: number
  /** Linux: field 22 of /proc/PID/stat, ticks since boot (proc(5)). Elsewhere: the start time as `ps` prints it. */
  readonly startTicks: string
}

export interface ProcessRow extends ProcessMark {
  readonly parentPid: number
  readonly groupId: number
  /** Ended, and not yet reaped by its parent: it holds no port, no file and no memory. */
  readonly isZombie: boolean
}

export function isMark(value: unknown): value is ProcessMark {
  if (typeof value !== 'object' || value === null || !('pid' in value) || !('startTicks' in value)) return false
  return Number.isSafeInteger(value.pid) && Number(value.pid) > 1 && typeof value.startTicks === 'string'
}

const hasProc = process.platform === 'linux'

export function readProcess(pid: number): ProcessRow | undefined {
  if (!hasProc) return readByPs(['-p', String(pid)])[0]
  try {
    return parseStat(pid, readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return undefined
  }
}

/** True while that very process runs. */
export function isRunning(mark: ProcessMark): boolean {
  const row = readProcess(mark.pid)
  return row !== undefined && !row.isZombie && row.startTicks === mark.startTicks
}

/** Those of `marks` that still run, with all that descends from them, whatever session or group it made for itself. */
export function runningTrees(marks: readonly ProcessMark[]): ProcessRow[] {
  const rows = readAll().filter((row) => !row.isZombie)
  const roots = rows.filter((row) =>
    marks.some(({ pid, startTicks }) => pid === row.pid && startTicks === row.startTicks),
  )
  const found = new Map(roots.map((row) => [row.pid, row]))
  // Breadth first: the map grows while it is walked, and each process enters it once.
  for (const { pid } of found.values()) {
    for (const child of rows) if (child.parentPid === pid) found.set(child.pid, child)
  }
  return [...found.values()]
}

/**
 * Processes that were started with `NAME=value` in their environment, which their children inherit: finds what has
 * left its parent. Empty where the system does not show environments; other users' are shown to root only.
 */
export function runningWithVariable(name: string, value: string): ProcessRow[] {
  if (!hasProc) return []
  const wanted = `${name}=${value}`
  return numbersInProc()
    .filter((pid) => pid !== process.pid && environmentOf(pid).split('\0').includes(wanted))
    .map(readProcess)
    .filter((row) => row !== undefined && !row.isZombie)
    .filter((row) => row !== undefined)
}

/** Changes with each start of the machine; empty where the system has none. */
export function readBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return ''
  }
}

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8')
  } catch {
    return ''
  }
}

function readAll(): ProcessRow[] {
  if (!hasProc) return readByPs(['-ax'])
  return numbersInProc()
    .map(readProcess)
    .filter((row) => row !== undefined)
}

function numbersInProc(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
}

/** The name in brackets may itself hold spaces and brackets: read on from the last one. */
function parseStat(pid: number, text: string): ProcessRow | undefined {
  const [state, parentPid, groupId, ...rest] = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const startTicks = rest[16]
  if (startTicks === undefined) return undefined
  const isZombie = state === 'Z' || state === 'X'
  return { pid, startTicks, parentPid: Number(parentPid), groupId: Number(groupId), isZombie }
}

function readByPs(which: readonly string[]): ProcessRow[] {
  try {
    const text = execFileSync('ps', [...which, '-o', 'pid=,ppid=,pgid=,stat=,lstart='], { encoding: 'utf8' })
    return text.split('\n').flatMap(parsePs)
  } catch {
    return []
  }
}

function parsePs(line: string): ProcessRow[] {
  const fields = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S.*?)\s*$/.exec(line)
  const [, pid, parentPid, groupId, state = '', startTicks] = fields ?? []
  if (startTicks === undefined) return []
  return [
    {
      pid: Number(pid),
      parentPid: Number(parentPid),
      groupId: Number(groupId),
      isZombie: state.startsWith('Z'),
      startTicks,
    },
  ]
}
