import { describe, expect, test } from 'vitest'
import type { RunFolder } from '../record/reader.ts'
import type { HostRow } from '../record/reader-rows.ts'
import { RunView } from './run-view.ts'
import { seriesOf } from './series.ts'
import { calmRun, databaseOf, poolOf } from './testing/calm-run.ts'
import { type GeneratedRun, readGenerated } from './testing/generated-run.ts'

const s = 1_000_000
const mib = 1024 * 1024

const folderOf = (changes: Partial<GeneratedRun> = {}): RunFolder =>
  readGenerated(calmRun({ calls: [], host: true, ...changes }))

function processes(rows: readonly HostRow[]) {
  const folder = folderOf()
  if (folder.host === null) throw new Error('no host stream')
  return seriesOf(new RunView({ ...folder, host: { ...folder.host, rows } })).processes
}
const row = (atS: number, changes: Partial<HostRow> = {}): HostRow => ({
  ...{ tUs: atS * s, process: 'server', pid: 2, cpuUs: atS * 250_000, rssBytes: 10 * mib },
  ...changes,
})

describe('processes over time', () => {
  test('take a share of a processor from look to look, and memory in MiB', () => {
    const told = processes([row(0), row(1), row(3, { cpuUs: 1_250_000, rssBytes: 10.26 * mib })])
    expect(told).toEqual([
      {
        process: 'server',
        cpu: { timeUs: [0, s, 3 * s], value: [null, 0.25, 0.5] },
        rssMiB: { timeUs: [0, s, 3 * s], value: [10, 10, 10.3] },
      },
    ])
  })

  test.each<readonly [string, Partial<HostRow>, number | null]>([
    ['as its own', {}, 0.25],
    ['none of another process with its name', { pid: 3 }, null],
    ['none where it was not told', { cpuUs: null }, null],
    ['none at the same moment', { tUs: s, cpuUs: 900_000 }, null],
    ['none that fell', { cpuUs: 200_000 }, null],
    ['0 where it stood still', { cpuUs: 250_000 }, 0],
    ['to the hundredth of a percent', { cpuUs: 583_333 }, 0.3333],
  ])('%s', (_why, changes, share) => {
    expect(processes([row(0), row(1), row(2, changes)])[0]?.cpu.value.at(-1)).toBe(share)
  })

  test('each by its own, in order of their names', () => {
    const told = processes([
      row(0),
      row(0, { process: 'k6', cpuUs: 0 }),
      row(1),
      row(1, { process: 'k6', rssBytes: null }),
    ])
    expect(told.map(({ process, cpu }) => [process, cpu.value])).toEqual([
      ['k6', [null, 0.25]],
      ['server', [null, 0.25]],
    ])
    expect(told[0]?.rssMiB.value).toEqual([10, null])
  })
})

describe('samples over time', () => {
  test('are those of the run itself; a failed one is a gap', () => {
    const pool = poolOf({
      used: () => 7,
      sample: (one) => (one.tUs === 10_003_000 ? { tUs: one.tUs, tookUs: 1, error: 'x' } : one),
    })
    const { pool: told, endUs } = seriesOf(new RunView(folderOf({ pool })))
    const { timeUs = [], value = [] } = told?.used ?? {}
    expect([timeUs[0], (timeUs.at(-1) ?? 0) <= endUs]).toEqual([3_000, true])
    expect(value[timeUs.indexOf(10_003_000)]).toBeNull()
    expect(told?.pending.value[timeUs.indexOf(10_003_000)]).toBeNull()
    expect(told?.pending.value.filter((one) => one === 0)).toHaveLength(value.length - 1)
    expect(told).not.toHaveProperty('instance')
    expect(value.filter((one) => one === 7)).toHaveLength(value.length - 1)
    expect(told?.max).toBe(100)
  })

  test('of a database are its connections, and how many it takes', () => {
    const series = seriesOf(
      new RunView(folderOf({ database: databaseOf((ms) => (ms === 5_000 ? { error: 'x' } : {})) })),
    )
    expect(series.databaseConnections?.value.slice(4, 7)).toEqual([12, null, 12])
    expect(series.databaseMax).toBe(100)
  })

  test('end with the run, or with the load that was planned, and have whole seconds', () => {
    const of = (endUs: number) => {
      const { endUs: end, calls } = seriesOf(
        new RunView(folderOf({ timeline: [[endUs, 'end', null, { reason: 'planned' }]] })),
      )
      return [end, calls?.buckets.count, calls?.buckets.bucketUs]
    }
    expect(of(67 * s)).toEqual([67 * s, 67, s])
    expect(of(67 * s + 1)).toEqual([67 * s + 1, 68, s])
    expect(of(30 * s)).toEqual([60 * s, 60, s])
    expect(of(900 * s)).toEqual([900 * s, 900, s])
    expect(of(900 * s + 1)).toEqual([900 * s + 1, 451, 2 * s])
    expect(of(901 * s)).toEqual([901 * s, 451, 2 * s])
  })

  test('begin at the start of the load, and have what was told at the very end', () => {
    const folder = folderOf()
    if (folder.host === null) throw new Error('no host stream')
    const rows = [row(-1), row(0), row(67), row(67.000_001)]
    const { startUs, calls, processes: told } = seriesOf(new RunView({ ...folder, host: { ...folder.host, rows } }))
    expect([startUs, calls?.buckets.startUs]).toEqual([0, 0])
    expect(told[0]?.rssMiB.timeUs).toEqual([0, 67 * s])
  })

  test.each(['server/read', 'server/write'])('of several pools are those of the fullest: %s', (fullest) => {
    const pool = ['server/read', 'server/write'].flatMap((instance) =>
      poolOf({ used: (ms) => (instance === fullest && ms === 9_000 ? 9 : 3), sample: (one) => ({ ...one, instance }) }),
    )
    pool.sort((one, two) => one.tUs - two.tUs)
    const { pool: told } = seriesOf(new RunView(folderOf({ pool })))
    expect(told?.instance).toBe(fullest)
    expect(Math.max(...(told?.used.value ?? []).map(Number))).toBe(9)
  })
})

describe('more samples than a screen has columns', () => {
  /** One each 30 ms; 67 s have 900 columns of 74 ms each. */
  const memory = (count: number, mibAt: (at: number) => number | null) => {
    const rows = Array.from({ length: count }, (_, at) => {
      const most = mibAt(at)
      return row(0, { tUs: at * 30_000, rssBytes: most === null ? null : most * mib })
    })
    const { timeUs = [], value = [] } = processes(rows)[0]?.rssMiB ?? {}
    return { timeUs: timeUs.map((one) => one / 1_000), value }
  }

  test('are all drawn as long as there are two a column', () => {
    expect(memory(1_800, () => 5).timeUs).toHaveLength(1_800)
    expect(memory(1_801, () => 5).timeUs).toHaveLength(726)
  })

  test('leave the lowest, the highest and the gap of each column, in order of time', () => {
    const first = [5, 9, 7, null, 3, 8, null, 2, null, null, 6]
    const { timeUs, value } = memory(1_801, (at) => (at < first.length ? (first[at] ?? null) : 4))
    expect(timeUs.slice(0, 9)).toEqual([0, 30, 90, 120, 150, 180, 210, 240, 300])
    expect(value.slice(0, 9)).toEqual([5, 9, null, 3, 8, null, 2, null, 6])
  })
})
