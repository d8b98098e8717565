import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../record/clock.ts'
import { cpuGroupsOf, generatorEnvironment, hierarchyOf, joinCpuGroup, leaveCpuGroups } from './cpu-groups.ts'
import { parseMounts } from './mounts.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'squall-cgroup-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const line = (path: string, type: string, options: string) =>
  `30 20 0:26 / ${path} rw,relatime - ${type} cgroup ${options}`

describe('where groups are made', () => {
  it('is the hierarchy that has the cpu controller', () => {
    const table = [line('/c/cpuset', 'cgroup', 'rw,cpuset'), line('/c/cpu', 'cgroup', 'rw,cpu,cpuacct')].join('\n')
    expect(hierarchyOf(parseMounts(table))).toMatchObject({ path: '/c/cpu', weightFile: 'cpu.shares' })
  })

  it('is the unified one where it hands the controller on, and none where it does not', () => {
    const mounts = parseMounts(line(root, 'cgroup2', 'rw'))
    writeFileSync(join(root, 'cgroup.subtree_control'), 'memory pids\n')
    expect(hierarchyOf(mounts)).toBeNull()
    writeFileSync(join(root, 'cgroup.subtree_control'), 'cpu memory pids\n')
    expect(hierarchyOf(mounts)).toMatchObject({ path: root, weightFile: 'cpu.weight', ordinaryWeight: 100 })
  })

  it('is nowhere without any', () => {
    expect(hierarchyOf(parseMounts('25 1 8:1 / / rw - ext4 /dev/sda1 rw\n'))).toBeNull()
    expect(joinCpuGroup('run-1', 'stack', 1, null)).toBe(false)
  })
})

describe('a group', () => {
  const inRoot = '1:cpu:/docker/x\n0::/\n'
  const hierarchy = () => ({ path: root, weightFile: 'cpu.weight', ordinaryWeight: 100 }) as const

  it('has many times the weight of a neighbour, and the process in it', () => {
    expect(joinCpuGroup('run-1', 'harness', 4_711, hierarchy(), inRoot)).toBe(true)
    const [group = ''] = cpuGroupsOf('run-1', hierarchy())
    expect(['cpu.weight', 'cgroup.procs'].map((file) => readFileSync(join(group, file), 'utf8'))).toEqual([
      '3000',
      '4711',
    ])
  })

  it('of the generator is joined out of that of its harness, and no other', () => {
    const harness = (id: string) => `0::/squall-${id}-harness\n`
    expect(joinCpuGroup('run-1', 'generator', 4_711, hierarchy(), harness('run-2'))).toBe(false)
    expect(joinCpuGroup('run-1', 'stack', 4_711, hierarchy(), harness('run-1'))).toBe(false)
    expect(joinCpuGroup('run-1', 'generator', 4_711, hierarchy(), harness('run-1'))).toBe(true)
    const told = generatorEnvironment('run-1', hierarchy())
    const { SQUALL_CPU_WEIGHT_FILE: file = '', SQUALL_CPU_WEIGHT_OF_STACK: ofStack } = told
    expect(ofStack).toBe('300')
    expect(readFileSync(file, 'utf8')).toBe('3000')
    expect(generatorEnvironment('run-1', null)).toEqual({})
  })

  it('that cannot be made is done without', () => {
    writeFileSync(join(root, 'squall-run-1-stack'), 'a file in its place')
    expect(joinCpuGroup('run-1', 'stack', 4_711, hierarchy(), inRoot)).toBe(false)
  })

  it('is not joined out of a group that somebody else has made', () => {
    const elsewhere = '0::/user.slice/session-1.scope\n'
    expect(joinCpuGroup('run-1', 'stack', 4_711, hierarchy(), elsewhere)).toBe(false)
    const first = { path: root, weightFile: 'cpu.shares', ordinaryWeight: 1_024 } as const
    expect(joinCpuGroup('run-1', 'stack', 4_711, first, '4:cpu,cpuacct:/docker/x\n0::/\n')).toBe(false)
    expect(cpuGroupsOf('run-1', hierarchy())).toEqual([])
  })

  it('is left by whoever is still in it; one of a run whose id begins alike stays', async () => {
    for (const run of ['run-1', 'run-1-stack']) {
      const group = join(root, `squall-${run}-stack`)
      mkdirSync(group)
      writeFileSync(join(group, 'cgroup.procs'), `4711 of ${run}\n`)
    }
    await leaveCpuGroups('run-1', systemClock, hierarchy())
    expect(readFileSync(join(root, 'cgroup.procs'), 'utf8')).toBe('4711 of run-1')
  })

  it('that nobody is in any more is gone', async () => {
    mkdirSync(join(root, 'squall-run-1-stack'))
    expect(await leaveCpuGroups('run-1', systemClock, hierarchy())).toEqual([])
    expect(existsSync(join(root, 'squall-run-1-stack'))).toBe(false)
  })

  it('that somebody is still leaving is gone when he has; else it is told', async () => {
    const group = join(root, 'squall-run-1-stack')
    mkdirSync(join(group, 'held'), { recursive: true })
    expect(await leaveCpuGroups('run-1', systemClock, hierarchy())).toEqual([group])
    setTimeout(() => rmdirSync(join(group, 'held')), 50)
    expect(await leaveCpuGroups('run-1', systemClock, hierarchy())).toEqual([])
  })
})

it('a mount whose path has a blank is read as it is', () => {
  expect(parseMounts('36 35 0:5 / /a\\040b rw shared:1 - tmpfs squall rw,size=4k\n')).toEqual([
    { path: '/a b', type: 'tmpfs', source: 'squall', options: ['rw', 'size=4k'] },
  ])
})
