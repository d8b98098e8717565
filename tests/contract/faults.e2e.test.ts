import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { faults } from '../../chaos/faults/registry.ts'
import { StreamFollower } from '../../src/record/follow.ts'
import { type Engines, ensureEngines } from '../../src/setup/engines.ts'
import { SquallProcess } from '../e2e/squall-process.ts'
import { faultRows, layOut, type PlannedRow, planText } from './fault-rows.ts'
import { leftBehind } from './leftovers.ts'

/**
 * One contract for all faults: under load, twice in a row, each is requested, applied, observed, healed, and seen to be
 * gone, and then nothing of it is left. One run of `squall run` has them all, one after the other.
 *
 * SQUALL_FAULTS=kill,freeze has only these, for whoever works on one.
 */
const only = process.env.SQUALL_FAULTS?.split(',')
const rows = faultRows.filter(({ fault }) => only === undefined || only.includes(fault))
const { planned } = layOut(rows)

type TimelineRow = readonly [tUs: number, kind: string, id: string | null, data: Readonly<Record<string, unknown>>]

function isRow(value: unknown): value is TimelineRow {
  return Array.isArray(value) && typeof value[0] === 'number' && typeof value[1] === 'string'
}

/** The time of an edge of an injection, ms of run time; null when the timeline has none. */
function edgeMs(timeline: readonly TimelineRow[], id: string, edge: string): number | null {
  const row = timeline.find(([, kind, of, data]) => kind === 'injection' && of === id && data.edge === edge)
  return row ? row[0] / 1_000 : null
}

/** The undo is forgotten, and the proxy's own state settles, some ms after the heal was seen. */
const lookAgainMs = 500

async function nothingLeft(engines: Engines, runFolder: string): Promise<string> {
  const untilMs = performance.now() + lookAgainMs
  for (;;) {
    const left = await leftBehind(engines, runFolder).catch((error: unknown) => [String(error)])
    if (left.length === 0 || performance.now() > untilMs) return left.join('; ')
  }
}

interface Seen {
  readonly timeline: TimelineRow[]
  /** By the injection's id, what was left after it was verified to be gone. */
  readonly left: Map<string, string>
  exitCode: number | null
  stderr: string
}

const seen: Seen = { timeline: [], left: new Map(), exitCode: null, stderr: '' }

/** Follows the run; looks at what is left as soon as a fault is verified to be gone, before the next one comes. */
async function watch(squall: SquallProcess, engines: Engines): Promise<void> {
  const follower = new StreamFollower(join(squall.out, 'timeline.ndjson'))
  let isOver = false
  const ended = squall.exitCode().then((code) => {
    seen.exitCode = code
    isOver = true
  })
  for (let isLast = false; !isLast; ) {
    isLast = isOver
    const added = follower.look().filter(isRow)
    seen.timeline.push(...added)
    for (const [, kind, id, { edge }] of added)
      if (kind === 'injection' && edge === 'healVerified' && id !== null)
        seen.left.set(id, await nothingLeft(engines, squall.out))
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 50))])
  }
  follower.close()
}

describe('every fault', () => {
  it('has a row in the table, for each kind of node that it may act on', () => {
    const wanted = [...faults.values()].flatMap(({ name, on }) => (on === 'link' ? [`${name} link`] : [`${name} node`]))
    const had = faultRows.map(({ fault, on }) => `${fault} ${on === 'db' ? 'link' : 'node'}`)
    expect([...new Set(had)].sort()).toEqual(wanted.sort())
  })
})

describe('a run with all of them', () => {
  let squall: SquallProcess
  let folder: string
  beforeAll(async () => {
    const engines = await ensureEngines()
    folder = mkdtempSync(join(tmpdir(), 'squall-contract-'))
    const plan = join(folder, 'fault-contract.yaml')
    writeFileSync(plan, planText(rows))
    squall = new SquallProcess(['run', plan, '--out', '{out}'])
    await watch(squall, engines)
    seen.stderr = squall.stderr
  })
  afterAll(() => {
    squall[Symbol.dispose]()
    rmSync(folder, { recursive: true, force: true })
  })

  it('ends as planned', () => {
    expect(seen.exitCode, seen.stderr).toBe(0)
  })

  it('has no exit that nobody had asked for', () => {
    const exits = seen.timeline.filter(([, kind, , { planned: asked }]) => kind === 'exit' && asked !== true)
    expect(exits).toEqual([])
  })

  it.each(planned.map((one): [string, PlannedRow] => [one.id, one]))('%s', (id, { startMs }) => {
    const edges = ['requested', 'applied', 'observed', 'healed', 'healVerified']
    const [requested, applied, observed, healed, verified] = edges.map((edge) => edgeMs(seen.timeline, id, edge))
    const told = `${edges.map((edge) => `${edge} ${edgeMs(seen.timeline, id, edge) ?? 'never'}`).join(', ')} ms`
    const inOrder = (...times: readonly (number | null | undefined)[]): boolean =>
      times.every((time, at) => typeof time === 'number' && (at === 0 || time >= (times[at - 1] ?? Number.NaN)))
    expect(inOrder(startMs - 1, requested, applied, healed, verified), told).toBe(true)
    expect(inOrder(requested, observed, healed), told).toBe(true)
    expect(seen.left.get(id)).toBe('')
  })
})
