import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Report } from '../../src/domain/verdict.ts'
import { listOpenRuns } from '../../src/keeper/clear.ts'
import { findPlaces } from '../../src/setup/places.ts'
import { lookAt, promisedMs } from './interruptions.ts'
import { finding, SquallProcess } from './squall-process.ts'
import { leftOf } from './stack-traces.ts'

const plan = 'tests/e2e/plans/restored.yaml'

describe('a run whose database is lost, and restored, and then loses a table', () => {
  let report: Report
  let steps: readonly (readonly [id: string, step: unknown])[]
  beforeAll(async () => {
    using squall = new SquallProcess(['gate', plan, '--out', '{out}'])
    await squall.exitCode()
    report = squall.report()
    const rows = squall
      .text('timeline.ndjson')
      .split('\n')
      .filter((line) => line.startsWith('['))
    steps = rows.flatMap((line) => {
      const [, kind, id, data]: [number, string, string, Record<string, unknown>] = JSON.parse(line)
      return kind === 'step' ? [[id, data.step] as const] : []
    })
  })

  it.each([
    // A day's worth of writes for a dump a day, and hours for half a terabyte: judged from this drill's seconds.
    ['lost-worst', 'fail', 86_400],
    ['lost-at-size', 'fail', expect.any(Number)],
    ['lost-tables', 'pass', 0],
    ['lost-rows', 'pass', true],
    ['lost-in', 'pass', expect.any(Number)],
    // What a dump brought back can be brought back to a point again: it has taken its own base backup.
    ['dropped-tables', 'pass', 0],
    ['dropped-rows', 'pass', true],
    ['dropped-worst', 'pass', 60],
    ['system.unplanned_exit', 'pass', 0],
  ])('%s: %s', (id, verdict, value) => {
    const { verdict: is, measured, why } = finding(report, id)
    expect([is, measured.value], why).toEqual([verdict, value])
  })

  it('tells each step of it, the backups before the load', () => {
    const of = (id: string) => steps.filter(([whose]) => whose === id).map(([, step]) => step)
    expect(of('lost')).toEqual(['backup_taken', 'archiving', 'restored', 'integrity'])
    const returned = ['restore_point', 'restored', 'integrity', 'table_returned']
    expect(of('dropped')).toEqual(['backup_taken', 'archiving', ...returned])
  })
})

describe('a restore that is cut off', () => {
  it.each(['SIGKILL', 'SIGTERM'] as const)('by %s of the harness leaves nothing within 5 s', async (signal) => {
    using squall = new SquallProcess(['run', plan, '--out', '{out}'])
    await squall.said(/\d+\/32 s/)
    await isRestoring(squall)
    const { traces } = lookAt(squall)
    const folder = traces.dataDirs.find((dir) => existsSync(join(dir, 'primary.backups')))
    expect(folder, 'there are backups to be removed').toBeDefined()
    process.kill(squall.pid, signal)
    await expect.poll(() => leftOf(traces), { timeout: promisedMs, interval: 50 }).toEqual([])
  })
})

/** Resolves while the server that a dump is restored into runs. */
async function isRestoring(squall: SquallProcess): Promise<void> {
  const names = () =>
    listOpenRuns(findPlaces().stateDir)
      .find(({ record }) => record?.runFolder === squall.out)
      ?.record?.processes.map(({ name }) => name) ?? []
  await expect.poll(() => names().filter((name) => name.includes('.restore-dump')), { timeout: 30_000 }).not.toEqual([])
}
