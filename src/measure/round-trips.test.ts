import { describe, expect, test } from 'vitest'
import { type RoundTrip, roundTrips } from './round-trips.ts'
import { RunView } from './run-view.ts'
import { timelineOf } from './testing/calm-run.ts'
import { type GeneratedDatabaseRow, type GeneratedProbeRow, readGenerated } from './testing/generated-run.ts'
import { planOf } from './testing/plan-of.ts'

const s = 1_000_000
const plan = planOf()
const silent: RoundTrip = { lowMs: 0, highMs: Number.POSITIVE_INFINITY }

/** Our long-lived connection on the link `db` asked at `atS`, and was answered after `tookMs`. */
function probe(atS: number, tookMs: number, changes: Partial<GeneratedProbeRow> = {}): GeneratedProbeRow {
  const askedUs = Math.round(atS * s)
  return { askedUs, endedUs: askedUs + tookMs * 1_000, probe: 'db', connection: 'long', error: null, ...changes }
}

function tripAt(
  atS: number,
  probes: readonly GeneratedProbeRow[],
  database: readonly GeneratedDatabaseRow[] = [],
  of = plan,
) {
  const view = new RunView(readGenerated({ plan: of, timeline: timelineOf(of), calls: [], probe: probes, database }))
  return roundTrips(view)(Math.round(atS * s))
}

describe('how long an exchange with the database took', () => {
  test.each<readonly [string, readonly GeneratedProbeRow[], RoundTrip]>([
    ['as those about then did', [probe(19.5, 30), probe(20.5, 70)], { lowMs: 30, highMs: 70 }],
    ['told out of order as well', [probe(20.5, 70), probe(19.5, 300), probe(19.8, 20)], { lowMs: 20, highMs: 300 }],
    ['one answered within a second before', [probe(18.9, 101)], { lowMs: 101, highMs: 101 }],
    ['one answered a second before tells nothing of it', [probe(18.9, 100)], silent],
    ['one asked within a second after', [probe(21, 40)], { lowMs: 40, highMs: 40 }],
    ['one asked later tells nothing of it', [probe(21.000_001, 40)], silent],
    ['one under way all the time', [probe(12, 15_000)], { lowMs: 15_000, highMs: 15_000 }],
    ['none that failed', [probe(20, 40, { error: 'refused' })], silent],
    ['none of a fresh connection', [probe(20, 40, { connection: 'fresh' })], silent],
    ['none on another way', [probe(20, 40, { probe: 'primary' })], silent],
    [
      'long, where nothing was answered for long',
      [probe(19.1, 0), probe(20.9, 0), probe(23, 0)],
      { lowMs: 0, highMs: 0 },
    ],
    ['for as long as that silence', [probe(19.1, 1), probe(21.2, 1), probe(20.5, 701)], { lowMs: 1, highMs: 2_100 }],
    ['which begins over 2 s', [probe(19.1, 0), probe(20.2, 900)], { lowMs: 0, highMs: 900 }],
  ])('is %s', (_why, probes, expected) => expect(tripAt(20, probes)).toEqual(expected))

  test('where the plan has no way, is told by our looks, and nothing is on its way for sure', () => {
    const bare = planOf({ stack: { ...plan.stack, links: {} } })
    const look = (atS: number, changes: Partial<GeneratedDatabaseRow> = {}): GeneratedDatabaseRow => ({
      tUs: atS * s,
      connections: 1,
      ...changes,
    })
    // Each look takes 2 ms.
    expect(tripAt(20, [], [look(20)], bare)).toEqual({ lowMs: 0, highMs: 2 })
    expect(tripAt(20, [], [look(20, { error: 'refused' })], bare)).toEqual(silent)
    expect(tripAt(20, [], [look(20)])).toEqual(silent)
  })

  test('a way to another node, or from another one, is none of the server’s to its database', () => {
    const { server, primary } = plan.stack.nodes
    if (server === undefined || primary === undefined) throw new Error('no nodes')
    const nodes = { server, primary, replica: { ...primary, id: 'replica', follows: 'primary' } }
    const of = (from: string, to: string) =>
      planOf({ stack: { ...plan.stack, nodes, links: { db: { id: 'db', from, to } } } })
    expect(tripAt(20, [probe(20, 40)], [], of('server', 'primary'))).toEqual({ lowMs: 40, highMs: 40 })
    expect(tripAt(20, [probe(20, 40)], [], of('server', 'replica'))).toEqual(silent)
    expect(tripAt(20, [probe(20, 40)], [], of('replica', 'primary'))).toEqual(silent)
  })
})
