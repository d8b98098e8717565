import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { addressesOf } from './run-addresses.ts'
import { SquallProcess } from './squall-process.ts'
import { type Outage, Witness } from './witness.ts'

/** What an idle machine must allow. */
const idleResolutionUs = 50_000
/**
 * Our own pauses are 5 ms, and a connection takes 6 to 20 ms on two quiet cores. A machine that keeps us for longer is
 * not idle, and keeps Squall as well.
 */
const idle = { gapUs: 8_000, connectUs: 25_000 }

/** How long the machine kept the witness itself near an outage's ends. */
interface Delay {
  /** From looking. */
  readonly gapUs: number
  /** From having a new connection. */
  readonly connectUs: number
}

function resolutionUsMax({ gapUs, connectUs }: Delay): number {
  const isIdle = gapUs <= idle.gapUs && connectUs <= idle.connectUs
  return isIdle ? idleResolutionUs : idleResolutionUs + 10 * gapUs + 2 * connectUs
}

const faults = [
  { id: 'down', fault: 'down', on: 'db' },
  { id: 'hole', fault: 'black-hole', on: 'db' },
  { id: 'frozen', fault: 'freeze', on: 'primary' },
  { id: 'killed', fault: 'kill', on: 'primary' },
] as const
const everyS = 8

const plan = JSON.stringify({
  squall: 1,
  name: 'witnessed',
  extends: 'base',
  stack: { nodes: { server: { env: { POOL_SIZE: '3', POOL_MAX_OVERFLOW: '2' } }, primary: { max_connections: 40 } } },
  load: { pace: '1 s', phases: [{ id: 'steady', for: `${everyS * (faults.length + 1)} s`, users: 5 }] },
  faults: faults.map((fault, at) => ({
    ...fault,
    start: { phase: 'steady', at: `${everyS * at + 4} s` },
    for: '4 s',
  })),
  objectives: [{ id: 'p95', measure: 'tool.latency.p95', during: 'steady.clear', max: '34 s' }],
})

type TimelineRow = readonly [
  tUs: number,
  kind: string,
  id: string | null,
  data: { edge?: string; resolutionUs?: number; monotonicUs?: number },
]

interface Told {
  readonly atUs: number
  readonly resolutionUs: number
}

/** Where our own witness connects to: through the link's proxy, and straight to the database. */
async function addresses(runFolder: string) {
  const { portOf, urlAt } = await addressesOf(runFolder)
  return { db: urlAt(portOf('toxiproxy', 1), 'postgres'), primary: urlAt(portOf('primary'), 'postgres') }
}

function toldOf(rows: readonly TimelineRow[], id: string, edge: string): Told {
  const row = rows.find(([, kind, of, data]) => kind === 'injection' && of === id && data.edge === edge)
  const resolutionUs = row?.[3].resolutionUs
  if (row === undefined || resolutionUs === undefined) throw new Error(`${id} was never ${edge}`)
  return { atUs: row[0], resolutionUs }
}

interface Seen {
  readonly rows: readonly TimelineRow[]
  readonly outages: ReadonlyMap<string, Outage & Delay>
}

/** One run with all faults, and a witness beside it; outages in the run's time. */
async function runWitnessed(): Promise<Seen> {
  const folder = mkdtempSync(join(tmpdir(), 'squall-witness-'))
  try {
    const file = join(folder, 'plan.yaml')
    writeFileSync(file, plan)
    using squall = new SquallProcess(['run', file, '--out', '{out}'])
    await squall.said('stack up')
    const { db, primary } = await addresses(squall.out)
    await using throughLink = new Witness(db, join(folder, 'db'))
    await using straight = new Witness(primary, join(folder, 'primary'))
    const witnesses = { db: throughLink, primary: straight }
    await squall.exitCode()
    const rows = squall
      .text('timeline.ndjson')
      .split('\n')
      .filter((line) => line.startsWith('['))
      .map((line) => JSON.parse(line) as TimelineRow)
    const t0Us = rows[0]?.[3].monotonicUs
    if (t0Us === undefined) throw new Error('the timeline has no t0')
    const outages = faults.map(({ id, on }, at): [string, Outage & Delay] => {
      const startUs = t0Us + (everyS * at + 3) * 1e6
      const endUs = t0Us + everyS * 1e6 * (at + (at === faults.length - 1 ? 2 : 1.25))
      const { fromUs, toUs, ...off } = witnesses[on].outage(startUs, endUs)
      const gapUs = witnesses[on].largestGapUs([fromUs, toUs])
      const connectUs = witnesses[on].connectUs([toUs])
      return [id, { fromUs: fromUs - t0Us, toUs: toUs - t0Us, gapUs, connectUs, ...off }]
    })
    return { rows, outages: new Map(outages) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

describe('when a fault came and went', () => {
  let seen: Seen
  beforeAll(async () => {
    seen = await runWitnessed()
  })

  it.each(faults.map(({ id }) => id))('%s: an independent witness saw the same, within what is stated', (id) => {
    const outage = seen.outages.get(id)
    if (outage === undefined) throw new Error(`nobody saw ${id}`)
    const came = toldOf(seen.rows, id, 'observed')
    const went = toldOf(seen.rows, id, 'healVerified')
    const told = `${id}: came ${came.atUs} ± ${came.resolutionUs}, went ${went.atUs} ± ${went.resolutionUs} µs; witness ${JSON.stringify(outage)}`
    expect(Math.abs(came.atUs - outage.fromUs), told).toBeLessThanOrEqual(came.resolutionUs + outage.fromOffUs)
    // What Squall saw first was there; the witness saw it as much later as it was kept itself.
    const keptUs = outage.toUs > went.atUs ? outage.connectUs : 0
    expect(Math.abs(went.atUs - outage.toUs), told).toBeLessThanOrEqual(went.resolutionUs + outage.toOffUs + keptUs)
    expect(Math.max(came.resolutionUs, went.resolutionUs), told).toBeLessThanOrEqual(resolutionUsMax(outage))
  })
})
