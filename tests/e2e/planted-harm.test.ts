import { beforeAll, expect, it } from 'vitest'
import type { Report } from '../../src/domain/verdict.ts'
import { connectTo, rowsOf, timelineHas } from './drill.ts'
import { finding, SquallProcess } from './squall-process.ts'

const plan = 'tests/e2e/plans/planted.yaml'

/** Whoever writes last wins: the version that a writer has read is the version that there is, whatever came between. */
const versionThatStays = `
  create function squall_ledger.stay() returns trigger language plpgsql as
    $$ begin new.version := old.version; return new; end $$;
  create trigger stay before update on squall_ledger.registers for each row execute function squall_ledger.stay()`

type UpdateRow = readonly [
  tUs: number,
  edge: string,
  via: string,
  op: string,
  data: { outcome?: string; register?: number; after?: string | null },
]

let report: Report
let updates: readonly UpdateRow[]
beforeAll(async () => {
  using squall = new SquallProcess(['gate', plan, '--out', '{out}'])
  await timelineHas(squall, ([, kind, id, { edge }]) => kind === 'injection' && id === 'paused' && edge === 'observed')
  const primary = await connectTo(squall, 'primary')
  await primary.query(versionThatStays)
  await primary.query("update products set family = 'harmed' where id = 1")
  await primary.query("select setval(pg_get_serial_sequence('contacts', 'id'), 1)")
  await primary.end()
  await squall.exitCode()
  report = squall.report()
  updates = rowsOf<UpdateRow>(squall, 'ledger.ndjson').filter(([, , via]) => via === 'update')
})

it('counts each update that another writer wrote over, and no write beside', () => {
  const acknowledged = updates.filter(([, edge, , , { outcome }]) => edge === 'complete' && outcome === 'ok')
  const present = new Set(updates.flatMap(([, edge, , op]) => (edge === 'present' ? [op] : [])))
  const lost = acknowledged.filter(([, , , op]) => !present.has(op))
  // Each of them was made on the same as one that is there: that is what wrote over it.
  const basis = ([, , , , { register, after }]: UpdateRow): string => `${register} after ${after}`
  const kept = new Set(acknowledged.filter(([, , , op]) => present.has(op)).map(basis))
  expect(lost.length).toBeGreaterThan(10)
  expect(lost.filter((row) => !kept.has(basis(row)))).toEqual([])
  expect(finding(report, 'lost-updates')).toMatchObject({ verdict: 'fail', measured: { value: lost.length } })
  expect(finding(report, 'lost')).toMatchObject({ verdict: 'pass', measured: { value: 0 } })
})

it('counts the reads of a replica that stood still, and none before or after', () => {
  const { verdict, measured } = finding(report, 'stale-meanwhile')
  expect(verdict).toBe('fail')
  // It stood still for 5 s, all but the first of which is beyond the limit; it is asked four times a second.
  expect(measured.value).toBeGreaterThanOrEqual(10)
  expect(measured.value).toBeLessThanOrEqual(20)
  expect(finding(report, 'stale')).toMatchObject({ verdict: 'pass', measured: { value: 0 } })
})

it('finds what was harmed in the database beside the load, each named', () => {
  expect(finding(report, 'data.tables_changed').measured).toMatchObject({
    value: 1,
    method: expect.stringMatching(/public\.products \(other rows\)$/),
  })
  expect(finding(report, 'data.integrity').measured).toMatchObject({
    value: 1,
    method: expect.stringMatching(/contacts_id_seq \(a next value that is taken\)$/),
  })
})
