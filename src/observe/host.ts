import { readdirSync, readFileSync } from 'node:fs'
import { endianness } from 'node:os'
import type { Clock } from '../domain/clock.ts'
import { steal } from '../record/streams.ts'
import type { StreamWriter } from '../record/writer.ts'
import { type Sampler, sampleEvery } from './every.ts'

export interface WatchedProcess {
  readonly name: string
  readonly pid: number
  /** Count the process's children in, as a database's work is done by them. */
  readonly withChildren: boolean
}

export interface HostSamplerSpec {
  readonly clock: Clock
  readonly t0Us: number
  readonly everyMs: number
  readonly processes: () => readonly WatchedProcess[]
  readonly writer: StreamWriter
  readonly onError: (error: unknown) => void
}

/** USER_HZ, the unit of /proc/<pid>/stat times: 100 on every Linux that Node supports (proc(5), getconf CLK_TCK). */
const ticksPerSecond = 100

/** AT_PAGESZ, the entry of the auxiliary vector that holds the size of a page (getauxval(3)). */
const pageSizeEntry = 6n

/**
 * The machine's page size, in which /proc/<pid>/stat counts memory: 4 KiB on x86, up to 64 KiB on ARM. Read once, and
 * without starting `getconf`. `auxv` holds pairs of 64-bit words; null when it does not say.
 */
export function pageBytesOf(auxv: Buffer): number | null {
  const isBig = endianness() === 'BE'
  const word = (at: number) => (isBig ? auxv.readBigUInt64BE(at) : auxv.readBigUInt64LE(at))
  for (let at = 0; at + 16 <= auxv.length; at += 16) if (word(at) === pageSizeEntry) return Number(word(at + 8))
  return null
}

/** null where there is no /proc. */
function readPageBytes(): number | null {
  try {
    return pageBytesOf(readFileSync('/proc/self/auxv'))
  } catch {
    return null
  }
}

let pageBytes: number | null | undefined

interface Usage {
  readonly ppid: number
  readonly cpuUs: number
  readonly rssBytes: number
}

function readUsage(pid: number, withChildren: boolean): Usage | null {
  pageBytes ??= readPageBytes()
  if (pageBytes === null) return null
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The command's name may hold spaces and brackets: fields are counted from its last bracket (proc(5)).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // utime and stime of the process; cutime and cstime of its children that have ended and were waited for.
    const indices = withChildren ? [11, 12, 13, 14] : [11, 12]
    const cpuTicks = indices.reduce((sum, index) => sum + Number(fields[index]), 0)
    return {
      ppid: Number(fields[1]),
      cpuUs: (cpuTicks * 1_000_000) / ticksPerSecond,
      rssBytes: Number(fields[21]) * pageBytes,
    }
  } catch {
    return null
  }
}

function readChildren(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'latin1').trim().split(' ').filter(Boolean).map(Number),
    )
  } catch {
    return []
  }
}

function readProcess(watched: WatchedProcess): { cpuUs: number; rssBytes: number } | null {
  const own = readUsage(watched.pid, watched.withChildren)
  if (!own) return null
  let { cpuUs, rssBytes } = own
  if (watched.withChildren) {
    for (const child of readChildren(watched.pid)) {
      const usage = readUsage(child, true)
      cpuUs += usage?.cpuUs ?? 0
      rssBytes += usage?.rssBytes ?? 0
    }
  }
  return { cpuUs, rssBytes }
}

/**
 * Processor time that whoever runs this machine has given to others while something here wanted to run, µs since it booted,
 * of all processors together; null where /proc does not tell (`steal` of proc_stat(5): the eighth number).
 */
export function stolenUs(stat: string): number | null {
  const ticks = /^cpu +(?:\d+ ){7}(\d+)/.exec(stat)?.[1]
  return ticks === undefined ? null : (Number(ticks) * 1_000_000) / ticksPerSecond
}

function readStolenUs(): number | null {
  try {
    return stolenUs(readFileSync('/proc/stat', 'latin1'))
  } catch {
    return null
  }
}

/**
 * CPU and memory of each process of the stack and of the harness, and what was taken from the machine, from /proc. A process
 * that is gone has no row.
 */
export function sampleHost(spec: HostSamplerSpec): Sampler {
  const sample = () => {
    const stolen = readStolenUs()
    if (stolen !== null) spec.writer.row([spec.clock.monotonicUs() - spec.t0Us, steal, null, stolen, null])
    for (const watched of spec.processes()) {
      const usage = readProcess(watched)
      if (!usage) continue
      const timeUs = spec.clock.monotonicUs() - spec.t0Us
      spec.writer.row([timeUs, watched.name, watched.pid, usage.cpuUs, usage.rssBytes])
    }
  }
  return sampleEvery(spec.clock, spec.everyMs, sample, spec.onError)
}
