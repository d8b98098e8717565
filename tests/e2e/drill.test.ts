import { describe, expect, it } from 'vitest'
import {
  acknowledged,
  connectTo,
  type LedgerLine,
  lossesOf,
  rowsOf,
  sentBy,
  survivors,
  type TimelineLine,
  timelineHas,
} from './drill.ts'
import { expectNoMiss } from './expect-no-miss.ts'
import { finding, SquallProcess } from './squall-process.ts'

const timelineOf = (squall: SquallProcess) => rowsOf<TimelineLine>(squall, 'timeline.ndjson')
const ledgerOf = (squall: SquallProcess) => rowsOf<LedgerLine>(squall, 'ledger.ndjson')

function whenUs(squall: SquallProcess, id: string, what: string): number {
  const row = timelineOf(squall).find(([, , of, data]) => of === id && (data.edge ?? data.step) === what)
  if (row === undefined) throw new Error(`${id} was never ${what}`)
  return row[0]
}

/** What the drill says of a measure during a window. */
function measured(squall: SquallProcess, id: string, window = 'run'): number {
  const row = squall.report().measurements.find((one) => one.id === id && one.window === window)
  if (typeof row?.value !== 'number') throw new Error(`${id} was not measured: ${JSON.stringify(row)}`)
  return row.value
}

/** What was acknowledged so shortly before replication is held back may still be on its way: it is asynchronous. */
const onItsWayUs = 100_000

describe('a fail-over to a replica from which replication was held back', () => {
  it('loses precisely the writes that the new primary lacks, and finds what somebody else has planted', async () => {
    using squall = new SquallProcess(['drill', 'failover', '--out', '{out}'])
    await timelineHas(squall, ([, kind, , data]) => kind === 'supervisor' && data.step === 'routed')
    const routedUs = whenUs(squall, 'primary', 'routed')
    const newPrimary = await connectTo(squall, 'replica')
    const survived = await survivors(squall, newPrimary)
    // Three that are there twice, one that was refused, and one that nobody sent.
    const refused = ledgerOf(squall).find(
      ([, edge, via, , { outcome }]) => edge === 'complete' && via === 'sql' && outcome === 'failed',
    )
    if (refused === undefined) throw new Error('no write was refused')
    const twice = [...survived].slice(0, 3)
    for (const op of [...twice, refused[3], 'never-sent'])
      await newPrimary.query('insert into squall_ledger.writes (op) values ($1)', [op])
    await newPrimary.end()

    expect(await squall.exitCode()).toBe(1)
    const ledger = ledgerOf(squall)
    const { told, shown: lost } = lossesOf(squall, survived, routedUs)
    expect(lost.length).toBeGreaterThan(100)
    expect(told).toEqual(lost)
    const lostByTool = measured(squall, 'data.lost_writes') - lost.length
    expect(lostByTool).toBeGreaterThan(0)

    // Acknowledged well before it was held back: all survived. Sent from when it was surely held back until the kill: none.
    const heldFromUs = whenUs(squall, 'replication-behind', 'requested')
    const heldUs = whenUs(squall, 'replication-behind', 'observed')
    const killedUs = whenUs(squall, 'primary-killed', 'requested')
    const before = acknowledged(ledger, heldFromUs - onItsWayUs)
    expect(lost.filter((op) => before.has(op))).toEqual([])
    // By when it was sent: an answer may have been on its way to us for long.
    const between = [...acknowledged(ledger, killedUs)].filter((op) => !sentBy(ledger, heldUs).has(op))
    expect(between.filter((op) => survived.has(op))).toEqual([])
    // The newest that survived was acknowledged about when it was held back, the newest lost one when it was killed.
    const rpoMs = measured(squall, 'data.rpo')
    expect(rpoMs).toBeLessThanOrEqual((whenUs(squall, 'primary-killed', 'observed') - heldFromUs) / 1_000 + 100)
    expect(rpoMs).toBeGreaterThanOrEqual((killedUs - heldUs) / 1_000 - 100)

    // Updates of one row are lost as well, though the new primary has long gone past their versions: each is named.
    const updates = ledger.filter(([, , via]) => via === 'update')
    const inTheirRows = new Set(updates.flatMap(([, edge, , op]) => (edge === 'present' ? [op] : [])))
    const undone = updates.filter(
      ([, edge, , op, { outcome }]) => edge === 'complete' && outcome === 'ok' && !inTheirRows.has(op),
    )
    expect(undone.length).toBeGreaterThan(20)
    expect(measured(squall, 'data.lost_updates')).toBe(undone.length)
    expect(undone.filter(([tUs]) => tUs < heldFromUs - onItsWayUs)).toEqual([])

    const report = squall.report()
    expect([finding(report, 'duplicates'), finding(report, 'resurrected'), finding(report, 'phantom')]).toMatchObject([
      { verdict: 'fail', measured: { value: 3 } },
      { verdict: 'fail', measured: { value: 1 } },
      { verdict: 'fail', measured: { value: 1 } },
    ])

    // The supervisor was told to wait for 2 s; segments add up to the recovery that lasts.
    const parts = ['detect', 'decide', 'promote', 'route', 'first_success', 'sustain']
    const segments = parts.map((part) => measured(squall, `recovery.${part}`, 'primary-killed'))
    expect(segments[1]).toBeGreaterThanOrEqual(2_000)
    const sum = segments.reduce((all, part) => all + part, 0)
    expect(sum).toBeCloseTo(measured(squall, 'recovery.rto_sustained', 'primary-killed'), 0)
    const share = (segments[0] ?? 0) + (segments[2] ?? 0) + (segments[3] ?? 0)
    expect(measured(squall, 'recovery.harness_share', 'primary-killed')).toBeCloseTo(share, 0)
  })
})

describe('a fail-over to a synchronous replica', () => {
  it('loses nothing that was acknowledged; what was in flight stays unknown', async () => {
    using squall = new SquallProcess(['drill', 'failover-synchronous', '--out', '{out}'])
    const exitCode = await squall.exitCode()
    expectNoMiss(squall, squall.report(), exitCode)
    expect([measured(squall, 'data.lost_writes'), measured(squall, 'data.lost_updates')]).toEqual([0, 0])
    const unknown = ledgerOf(squall).filter(([, edge, , , { outcome }]) => edge === 'complete' && outcome === 'unknown')
    expect(unknown.length).toBeGreaterThan(0)
  })
})
