import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Clock } from '../domain/clock.ts'
import { textOf } from '../record/proc-files.ts'
import { goneAfterKillMsMax, pollMs } from './limits.ts'
import { type Mount, readMounts } from './mounts.ts'
import { becomes } from './waiting.ts'

/**
 * A run's stack, and the harness with its generator, go before whatever else the machine does: a neighbour that burns a
 * core must not be measured as the system's slowness. Each is a control group of its own (cgroups(7)). Only root may make
 * them, not in every container, and not out of a group that somebody else has made; without, all is as it was. The load
 * generator has one of its own, beside the harness's, whose weight it gives up while it collects its garbage.
 */
export type CpuPart = 'stack' | 'harness' | 'generator'

/**
 * Times the weight of one neighbour; the generator before the system, so that a busy machine makes the system late and
 * not its measurement. Measured with one of two cores burned by another process, by `gate --quick`: without groups the
 * pool of 100 was full in five of six; with them it peaked at 55 to 75, and 12 calls of 18,000 at most began over 50 ms late.
 * With a weight of 10 the system answered so fast after an outage that the generator came too late with the next calls.
 */
const weightFactor: Readonly<Record<CpuPart, number>> = { stack: 3, harness: 30, generator: 30 }

/** Where groups that share processors are made. */
interface Hierarchy {
  readonly path: string
  /** The file with a group's weight, and what an ordinary group has there. */
  readonly weightFile: 'cpu.shares' | 'cpu.weight'
  readonly ordinaryWeight: number
}

/** null: none that a group could be made in. */
export function hierarchyOf(mounts: readonly Mount[]): Hierarchy | null {
  const first = mounts.find(({ type, options }) => type === 'cgroup' && options.includes('cpu'))
  if (first !== undefined) return { path: first.path, weightFile: 'cpu.shares', ordinaryWeight: 1_024 }
  const second = mounts.find(({ type }) => type === 'cgroup2')
  if (second === undefined || !hands(second.path, 'cpu')) return null
  return { path: second.path, weightFile: 'cpu.weight', ordinaryWeight: 100 }
}

/** Whether the groups below get that controller. */
function hands(path: string, controller: string): boolean {
  return textOf(join(path, 'cgroup.subtree_control')).split(/\s+/).includes(controller)
}

/** With all its threads, and all that it starts from then on. False: not possible here. */
export function joinCpuGroup(
  runId: string,
  part: CpuPart,
  pid: number,
  hierarchy: Hierarchy | null = hierarchyOf(readMounts()),
  membership = textOf(`/proc/${pid}/cgroup`),
): boolean {
  // Whoever has put it into a group meant it: that group's limits stay.
  if (hierarchy === null || !mayJoin(runId, part, membership, hierarchy)) return false
  const { weightFile, ordinaryWeight } = hierarchy
  const group = groupOf(runId, part, hierarchy)
  try {
    mkdirSync(group, { recursive: true })
    writeFileSync(join(group, weightFile), String(ordinaryWeight * weightFactor[part]))
    writeFileSync(join(group, processesFile), String(pid))
    return true
  } catch {
    return false
  }
}

/**
 * Whoever is still in one of the run's groups, such as the keeper, is put back where it was, and the groups are removed.
 * Tried until it is done, since a process may be gone to all who look while a thread of it has still to end. Resolves to
 * the folders that could not be removed; never rejects.
 */
export async function leaveCpuGroups(
  runId: string,
  clock: Clock,
  hierarchy: Hierarchy | null = hierarchyOf(readMounts()),
): Promise<readonly string[]> {
  if (hierarchy === null) return []
  const isLeft = (): boolean => {
    for (const group of cpuGroupsOf(runId, hierarchy)) leaveGroup(group, hierarchy)
    return cpuGroupsOf(runId, hierarchy).length === 0
  }
  await becomes(isLeft, goneAfterKillMsMax, pollMs, clock)
  return cpuGroupsOf(runId, hierarchy)
}

function leaveGroup(group: string, { path }: Hierarchy): void {
  for (const pid of textOf(join(group, processesFile)).split('\n').filter(Boolean)) {
    attempt(() => writeFileSync(join(path, processesFile), pid))
  }
  attempt(() => rmdirSync(group))
}

/** Folders of the run's groups that are there. */
export function cpuGroupsOf(runId: string, hierarchy: Hierarchy | null = hierarchyOf(readMounts())): readonly string[] {
  if (hierarchy === null) return []
  return parts.map((part) => groupOf(runId, part, hierarchy)).filter((path) => existsSync(path))
}

const processesFile = 'cgroup.procs'
const parts: readonly CpuPart[] = ['stack', 'harness', 'generator']

function groupOf(runId: string, part: CpuPart, { path }: Hierarchy): string {
  return join(path, `squall-${runId}-${part}`)
}

/**
 * Tells a run's generator where its weight is set, and what the system has (engines/squall/collector.go); nothing where it
 * can have no group.
 */
export function generatorEnvironment(
  runId: string,
  hierarchy: Hierarchy | null = hierarchyOf(readMounts()),
): Readonly<Record<string, string>> {
  if (hierarchy === null) return {}
  const { weightFile, ordinaryWeight } = hierarchy
  return {
    SQUALL_CPU_WEIGHT_FILE: join(groupOf(runId, 'generator', hierarchy), weightFile),
    SQUALL_CPU_WEIGHT_OF_STACK: String(ordinaryWeight * weightFactor.stack),
  }
}

/** Out of no group, or as the generator out of that of its own harness, which has started it. */
function mayJoin(runId: string, part: CpuPart, membership: string, hierarchy: Hierarchy): boolean {
  const now = groupNow(membership, hierarchy)
  return now === '/' || (part === 'generator' && now === `/${basename(groupOf(runId, 'harness', hierarchy))}`)
}

/** By /proc/<pid>/cgroup (cgroups(7)): `4:cpu,cpuacct:/path`, and `0::/path` of the unified hierarchy. */
function groupNow(membership: string, { weightFile }: Hierarchy): string | undefined {
  const groups = membership.split('\n').map((line) => line.split(':'))
  const own = groups.find(([number, controllers]) =>
    weightFile === 'cpu.weight' ? number === '0' : controllers?.split(',').includes('cpu'),
  )
  return own?.slice(2).join(':')
}

function attempt(act: () => void): void {
  try {
    act()
  } catch {
    // Ended meanwhile, or not ours to move.
  }
}
