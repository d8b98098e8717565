import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StreamFollower } from '../../src/record/follow.ts'
import type { Engines } from '../../src/setup/engines.ts'
import { SquallProcess } from '../e2e/squall-process.ts'
import { type FaultRow, layOut, type PlannedRow, planText, type StackOfRows } from './fault-rows.ts'
import { leftBehind } from './leftovers.ts'

type TimelineRow = readonly [tUs: number, kind: string, id: string | null, data: Readonly<Record<string, unknown>>]

export interface ContractRun {
  readonly exitCode: number | null
  readonly stderr: string
  /** Ends of processes that nobody had asked for. */
  readonly unplannedExits: readonly TimelineRow[]
  /** By the injection's id, in the order of the plan: in what it broke the contract; empty: in nothing. */
  readonly broken: ReadonlyMap<string, string>
}

/** The undo is forgotten, and the proxy's own state settles, some ms after the heal was seen. */
const lookAgainMs = 1_500

/** One `squall run` with these faults one after the other, each twice; what is left is looked at after each. */
export async function runContract(
  rows: readonly FaultRow[],
  stack: StackOfRows,
  engines: Engines,
): Promise<ContractRun> {
  const folder = mkdtempSync(join(tmpdir(), 'squall-contract-'))
  try {
    const plan = join(folder, 'fault-contract.yaml')
    writeFileSync(plan, planText(rows, stack))
    using squall = new SquallProcess(['run', plan, '--out', '{out}'])
    const { timeline, left } = await follow(squall, engines)
    return {
      exitCode: await squall.exitCode(),
      stderr: squall.stderr,
      unplannedExits: timeline.filter(([, kind, , { planned }]) => kind === 'exit' && planned !== true),
      broken: new Map(
        layOut(rows).planned.map((planned) => [planned.id, judge(planned, timeline, left.get(planned.id))]),
      ),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Followed {
  readonly timeline: readonly TimelineRow[]
  /** By the injection's id, what was left after it was verified to be gone. */
  readonly left: ReadonlyMap<string, string>
}

/** Looks at what is left as soon as a fault is verified to be gone, before the next one comes. */
async function follow(squall: SquallProcess, engines: Engines): Promise<Followed> {
  const timeline: TimelineRow[] = []
  const left = new Map<string, string>()
  const follower = new StreamFollower(join(squall.out, 'timeline.ndjson'))
  let isOver = false
  const ended = squall.exitCode().then(() => {
    isOver = true
  })
  for (let isLast = false; !isLast; ) {
    isLast = isOver
    const added = follower.look().filter(isRow)
    timeline.push(...added)
    for (const [, kind, id, { edge }] of added)
      if (kind === 'injection' && edge === 'healVerified' && id !== null)
        left.set(id, await nothingLeft(engines, squall.out))
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 50))])
  }
  follower.close()
  return { timeline, left }
}

function isRow(value: unknown): value is TimelineRow {
  return Array.isArray(value) && typeof value[0] === 'number' && typeof value[1] === 'string'
}

async function nothingLeft(engines: Engines, runFolder: string): Promise<string> {
  const untilMs = performance.now() + lookAgainMs
  for (;;) {
    const left = await leftBehind(engines, runFolder).catch((error: unknown) => [String(error)])
    if (left.length === 0 || performance.now() > untilMs) return left.join('; ')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const edges = ['requested', 'applied', 'observed', 'healed', 'healVerified'] as const

/** What is wrong with one injection; empty: nothing. */
function judge({ id, startMs }: PlannedRow, timeline: readonly TimelineRow[], left: string | undefined): string {
  const at = (edge: (typeof edges)[number]): number => {
    const row = timeline.find(([, kind, of, data]) => kind === 'injection' && of === id && data.edge === edge)
    return row ? row[0] / 1_000 : Number.NaN
  }
  const isOrdered = (times: readonly number[]): boolean =>
    times.every((time, index) => time >= (times[index - 1] ?? startMs - 1))
  // A harm may show before the proxy has said that it is on, and never after it was healed.
  const areOrdered =
    isOrdered([at('requested'), at('applied'), at('healed'), at('healVerified')]) &&
    isOrdered([at('requested'), at('observed'), at('healed')])
  const told = edges.map((edge) => `${edge} ${Number.isNaN(at(edge)) ? 'never' : `${at(edge).toFixed(0)} ms`}`)
  return [
    ...(areOrdered ? [] : [told.join(', ')]),
    ...(left === '' ? [] : [`left: ${left ?? 'never looked at'}`]),
  ].join()
}
