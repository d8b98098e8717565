import { readdirSync, readFileSync } from 'node:fs'
import type { Clock } from '../domain/clock.ts'
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
const pageBytes = 4096

interface Usage {
  readonly ppid: number
  readonly cpuUs: number
  readonly rssBytes: number
}

function readUsage(pid: number, withChildren: boolean): Usage | null {
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

/** CPU and memory of each process of the stack and of the harness, from /proc. A process that is gone has no row. */
export function sampleHost(spec: HostSamplerSpec): Sampler {
  const sample = () => {
    for (const watched of spec.processes()) {
      const usage = readProcess(watched)
      if (!usage) continue
      const timeUs = spec.clock.monotonicUs() - spec.t0Us
      spec.writer.row([timeUs, watched.name, watched.pid, usage.cpuUs, usage.rssBytes])
    }
  }
  return sampleEvery(spec.clock, spec.everyMs, sample, spec.onError)
}
