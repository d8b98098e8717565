import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Mount, readMounts } from './mounts.ts'

/**
 * A run's stack, and the harness with its generator, go before whatever else the machine does: a neighbour that burns a
 * core must not be measured as the system's slowness. Each is a control group of its own (cgroups(7)). Only root may make
 * them, and not in every container; without, all is as it was.
 */
export type CpuPart = 'stack' | 'harness'

/**
 * Times the weight of one neighbour; the generator before the system, so that a busy machine makes the system late and
 * not its measurement. Measured with one of two cores burned by another process, by `gate --quick`: without groups the
 * pool of 100 was full in five of six; with them it peaked at 55 to 75, and no call of a thousand began over 50 ms late.
 * With a weight of 10 the system answered so fast after an outage that the generator came too late with the next calls.
 */
const weightFactor: Readonly<Record<CpuPart, number>> = { stack: 3, harness: 30 }

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
): boolean {
  if (hierarchy === null) return false
  const { path, weightFile, ordinaryWeight } = hierarchy
  const group = join(path, `${prefixOf(runId)}${part}`)
  try {
    mkdirSync(group, { recursive: true })
    writeFileSync(join(group, weightFile), String(ordinaryWeight * weightFactor[part]))
    writeFileSync(join(group, processesFile), String(pid))
    return true
  } catch {
    return false
  }
}

/** Whoever is still in one of the run's groups, such as the keeper, is put back among the others. Never throws. */
export function leaveCpuGroups(runId: string, hierarchy: Hierarchy | null = hierarchyOf(readMounts())): void {
  if (hierarchy === null) return
  for (const group of cpuGroupsOf(runId, hierarchy)) {
    for (const pid of textOf(join(group, processesFile)).split('\n').filter(Boolean)) {
      attempt(() => writeFileSync(join(hierarchy.path, processesFile), pid))
    }
    // One that cannot go is empty and harms nobody.
    attempt(() => rmdirSync(group))
  }
}

/** Folders of the run's groups. */
export function cpuGroupsOf(runId: string, hierarchy: Hierarchy | null = hierarchyOf(readMounts())): readonly string[] {
  if (hierarchy === null) return []
  const { path } = hierarchy
  return namesIn(path)
    .filter((name) => name.startsWith(prefixOf(runId)))
    .map((name) => join(path, name))
}

const processesFile = 'cgroup.procs'

function prefixOf(runId: string): string {
  return `squall-${runId}-`
}

function namesIn(path: string): readonly string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function attempt(act: () => void): void {
  try {
    act()
  } catch {
    // Ended meanwhile, or not ours to move.
  }
}
