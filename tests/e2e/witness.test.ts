import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { listOpenRuns } from '../../src/keeper/clear.ts'
import { ensureEngines } from '../../src/setup/engines.ts'
import { SquallProcess } from './squall-process.ts'
import { type Outage, Witness } from './witness.ts'

/** What an idle machine must allow; a busy one states a coarser resolution, and must agree within that. */
const idleResolutionUs = 50_000
const idleGapUs = 15_000

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
  const { places, dataTemplate } = await ensureEngines()
  const { name, password } = dataTemplate.superuser
  const urlAt = (port: number | undefined) =>
    `postgres://${name}:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`
  const record = listOpenRuns(places.stateDir).find((run) => run.record?.runFolder === runFolder)?.record
  const portsOf = (process: string) => record?.processes.findLast((one) => one.name === process)?.ports ?? []
  return { db: urlAt(portsOf('toxiproxy')[1]), primary: urlAt(portsOf('primary')[0]) }
}

function toldOf(rows: readonly TimelineRow[], id: string, edge: string): Told {
  const row = rows.find(([, kind, of, data]) => kind === 'injection' && of === id && data.edge === edge)
  if (row === undefined) throw new Error(`${id} was never ${edge}`)
  return { atUs: row[0], resolutionUs: row[3].resolutionUs ?? 0 }
}

interface Seen {
  readonly rows: readonly TimelineRow[]
  readonly outages: ReadonlyMap<string, Outage>
  /** How long the witness itself was kept from looking. */
  readonly gapUs: number
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
    const witnesses = { db: new Witness(db), primary: new Witness(primary) }
    await squall.exitCode()
    await Promise.all(Object.values(witnesses).map((witness) => witness.stop()))
    const rows = squall
      .text('timeline.ndjson')
      .split('\n')
      .filter((line) => line.startsWith('['))
      .map((line) => JSON.parse(line) as TimelineRow)
    const t0Us = rows[0]?.[3].monotonicUs ?? 0
    const outages = faults.map(({ id, on }, at): [string, Outage] => {
      const startUs = t0Us + (everyS * at + 3) * 1e6
      const { fromUs, toUs, ...off } = witnesses[on].outage(startUs, startUs + (everyS - 1) * 1e6)
      return [id, { fromUs: fromUs - t0Us, toUs: toUs - t0Us, ...off }]
    })
    return { rows, outages: new Map(outages), gapUs: witnesses.primary.largestGapUs() }
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
    const told = `${id}: came ${came.atUs} ± ${came.resolutionUs}, went ${went.atUs} ± ${went.resolutionUs} µs; witness ${JSON.stringify(outage)}, ${seen.gapUs} µs away at most`
    expect(Math.abs(came.atUs - outage.fromUs), told).toBeLessThanOrEqual(came.resolutionUs + outage.fromOffUs)
    expect(Math.abs(went.atUs - outage.toUs), told).toBeLessThanOrEqual(went.resolutionUs + outage.toOffUs)
    if (seen.gapUs > idleGapUs) return
    expect(Math.max(came.resolutionUs, went.resolutionUs), told).toBeLessThanOrEqual(idleResolutionUs)
  })
})
