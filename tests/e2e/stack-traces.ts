import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { cpuGroupsOf } from '../../src/keeper/cpu-groups.ts'
import { markName } from '../../src/keeper/ending.ts'
import { ownMountsBelow } from '../../src/keeper/own-disk.ts'
import {
  isRunning,
  type ProcessMark,
  readProcess,
  runningTrees,
  runningWithVariable,
} from '../../src/keeper/process-table.ts'
import { whoListens } from '../../src/stack/local/ports.ts'
import type { RunningStack } from '../../src/stack/running-stack.ts'

/** All by which a run could be seen on the machine: plain data, told from process to process. */
export interface Traces {
  readonly stateFolder: string
  readonly dataDirs: readonly string[]
  readonly ports: readonly number[]
  /** Descendants included: PostgreSQL's backends make sessions of their own. */
  readonly processes: readonly ProcessMark[]
}

export function tracesOf(stack: RunningStack, keeperPid: number, stateFolder: string, dataDir: string): Traces {
  const pids = [...stack.processes.values()].map(({ pid }) => pid)
  const marks = [keeperPid, ...pids].map(readProcess).filter((row) => row !== undefined)
  const apiPorts = [...stack.links.values()].map(({ apiUrl }) => Number(new URL(apiUrl).port))
  return {
    stateFolder,
    dataDirs: [dataDir],
    ports: [...stack.nodes.values(), ...stack.links.values()].map(({ port }) => port).concat(apiPorts),
    processes: runningTrees(marks).map(({ pid, startTicks }) => ({ pid, startTicks })),
  }
}

/** What of it is still there, in words; empty when nothing is. */
export function leftOf(traces: Traces): string[] {
  return [
    ...traces.processes.filter(isRunning).map(({ pid }) => `process ${pid}`),
    ...runningWithVariable(markName, traces.stateFolder).map(({ pid }) => `stray process ${pid}`),
    ...traces.ports.flatMap((port) => {
      const holder = whoListens(port)
      return holder === null ? [] : [`port ${port} held by ${holder.name}`]
    }),
    ...[traces.stateFolder, ...traces.dataDirs].filter((path) => existsSync(path)),
    ...traces.dataDirs.flatMap((dir) => ownMountsBelow(dir)).map((path) => `mount ${path}`),
    ...cpuGroupsOf(basename(traces.stateFolder)).map((path) => `control group ${path}`),
  ]
}
