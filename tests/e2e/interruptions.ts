import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { listOpenRuns } from '../../src/keeper/clear.ts'
import { readProcess, runningTrees } from '../../src/keeper/process-table.ts'
import { draw } from '../../src/plan/draw.ts'
import { findPlaces } from '../../src/setup/places.ts'
import { root, SquallProcess } from './squall-process.ts'
import { leftOf, type Traces } from './stack-traces.ts'

/** The promise: within 5 s of the harness's end nothing of it is left. */
export const promisedMs = 5_000

/** Without its keeper nobody has promised a time; the harness, or the next command, does the same work by itself. */
const keeperDeadMs = 2 * promisedMs

/** How a run under way may be ended by somebody else. */
export const ways = [
  'kill -9 of the harness',
  'SIGTERM',
  'its terminal closed',
  'kill -9 of the keeper',
  'kill -9 of both',
  'kill -9 while Toxiproxy hangs',
] as const
export type Way = (typeof ways)[number]

export interface Interruption {
  readonly way: Way
  /** After the first line of progress, which comes at t0. */
  readonly atMs: number
  /** Until nothing was left. */
  readonly tookMs: number
  /** What was left when the promise was over, in words; empty: nothing. */
  readonly left: readonly string[]
  /** How many faults were on, by their undo on disk. */
  readonly faultsOn: number
}

/** What is ended, and when: from its first fault until shortly before its last one ends. */
interface Interrupted {
  readonly args: readonly string[]
  readonly firstMs: number
  readonly lastMs: number
}

/** A plan that harms its stack in several ways at once. */
export const harmedRun: Interrupted = {
  args: ['run', 'tests/e2e/plans/harmed.yaml'],
  firstMs: 600,
  lastMs: 19_000,
}

/** From shortly before its harm, which is 7 s after its warm-up of 3 s, until everything that follows is under way. */
export function drillUnderWay(name: string): Interrupted {
  return { args: ['drill', name], firstMs: 8_000, lastMs: 24_000 }
}

/** Ends it at a moment drawn from the seed, and watches what is left. */
export async function interrupt(
  way: Way,
  seed: number,
  turn: number,
  { args, firstMs, lastMs }: Interrupted = harmedRun,
): Promise<Interruption> {
  using squall = new SquallProcess([...args, '--out', '{out}'])
  await squall.said(/\d+\/\d+ s/)
  const atMs = firstMs + draw(seed, `moment ${turn}`) * (lastMs - firstMs)
  await sleep(atMs)
  const { traces, keeperPid, proxyPid, faultsOn } = lookAt(squall)
  const fromMs = performance.now()
  const harness = draw(seed, `whom ${turn}`) < 0.5 ? squall.pid : childOf(squall.pid)
  switch (way) {
    case 'kill -9 of the harness':
      process.kill(harness, 'SIGKILL')
      break
    case 'SIGTERM':
      squall.child.kill('SIGTERM')
      break
    case 'its terminal closed':
      // A terminal that goes tells everybody in it.
      for (const pid of [squall.pid, childOf(squall.pid)]) process.kill(pid, 'SIGHUP')
      break
    case 'kill -9 of the keeper':
      process.kill(keeperPid, 'SIGKILL')
      break
    case 'kill -9 of both':
      process.kill(keeperPid, 'SIGKILL')
      process.kill(harness, 'SIGKILL')
      break
    case 'kill -9 while Toxiproxy hangs':
      process.kill(proxyPid, 'SIGSTOP')
      process.kill(harness, 'SIGKILL')
      break
  }
  if (way === 'kill -9 of the keeper') await squall.exitCode()
  // With nobody left who knows of it, it is the next command that finds and clears it.
  if (way === 'kill -9 of both') spawnSync(join(root, 'squall'), ['heal'], { stdio: 'ignore', timeout: 60_000 })
  const boundMs = way.includes('keeper') || way.includes('both') ? keeperDeadMs : promisedMs
  for (;;) {
    const left = leftOf(traces)
    const tookMs = performance.now() - fromMs
    if (left.length > 0 && tookMs <= boundMs) {
      await sleep(20)
      continue
    }
    // What has gone too late has broken the promise as well.
    const late = left.length === 0 && tookMs > boundMs ? [`all of it for ${tookMs.toFixed(0)} ms`] : left
    return { way, atMs, tookMs, left: late, faultsOn }
  }
}

/** The launcher starts the harness with the Node that the project pins: either may be hit. */
function childOf(pid: number): number {
  const [, child] = runningTrees([readProcess(pid) ?? { pid, startTicks: '' }])
  return child?.pid ?? pid
}

interface Seen {
  readonly traces: Traces
  readonly keeperPid: number
  readonly proxyPid: number
  readonly faultsOn: number
}

/** All by which the run can be seen on this machine, as its keeper has it on record. */
export function lookAt(squall: SquallProcess): Seen {
  const run = listOpenRuns(findPlaces().stateDir).find(({ record }) => record?.runFolder === squall.out)
  if (!run?.record) throw new Error(`no open run in ${squall.out}:\n${squall.stderr}`)
  const { record, stateFolder, faults } = run
  const proxy = record.processes.findLast(({ name }) => name === 'toxiproxy')
  if (proxy === undefined) throw new Error('no toxiproxy on record')
  const harness = readProcess(squall.pid)
  const trees = runningTrees([record.keeper, ...record.processes, ...(harness ? [harness] : [])])
  return {
    traces: {
      stateFolder,
      dataDirs: record.removeAtEnd,
      ports: record.processes.flatMap(({ ports }) => ports),
      processes: trees.map(({ pid, startTicks }) => ({ pid, startTicks })),
    },
    keeperPid: record.keeper.pid,
    proxyPid: proxy.pid,
    faultsOn: faults.length,
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
