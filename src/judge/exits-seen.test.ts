import { describe, expect, it } from 'vitest'
import type { Plan } from '../domain/plan.ts'
import { RunView } from '../measure/run-view.ts'
import { calmRun, databaseOf, timelineOf } from '../measure/testing/calm-run.ts'
import {
  type GeneratedDatabaseRow,
  type GeneratedRun,
  readGenerated,
  type TimelineEntry,
} from '../measure/testing/generated-run.ts'
import { faultOf, planOf } from '../measure/testing/plan-of.ts'
import { judgeExits } from './unplanned-exits.ts'

const local = planOf()
const { server, primary } = local.stack.nodes
if (server === undefined || primary === undefined) throw new Error('no nodes')
const withNodes = (nodes: Plan['stack']['nodes'], changes: Partial<Plan> = {}): Plan => ({
  ...local,
  stack: { ...local.stack, nodes },
  ...changes,
})

const usual = databaseOf(() => ({}))
const refused = ({ tUs }: GeneratedDatabaseRow): GeneratedDatabaseRow => ({ tUs, error: 'ECONNREFUSED' })

function judged(changes: Partial<GeneratedRun>) {
  const { database = usual, plan = local, ...rest } = changes
  const run = calmRun({ plan, calls: [], pool: [], database, ...rest })
  return judgeExits(new RunView(readGenerated(run)))
}

/** `pass`, `fail` or `unknown`; `not assessed` where there is no finding. */
const verdictOf = (changes: Partial<GeneratedRun>) => judged(changes).findings[0]?.verdict ?? 'not assessed'

describe('a system that Squall did not start', () => {
  const outside = (url: string | null): Plan => ({
    ...local,
    stack: { ...local.stack, kind: 'external', nodes: { server, primary: { ...primary, url } } },
  })
  const notOurs = timelineOf(local).filter(([, kind]) => kind !== 'process')

  it.each<[reason: string, plan: Plan, timeline: TimelineEntry[], database: GeneratedDatabaseRow[], verdict: string]>([
    ['answers by its database all the time', outside('postgres://db'), notOurs, usual, 'pass'],
    ['has a database that never answered', outside('postgres://db'), notOurs, usual.map(refused), 'not assessed'],
    [
      'has a database that answered once, and then no more',
      outside('postgres://db'),
      notOurs,
      usual.map((row, at) => (at === 0 ? row : refused(row))),
      'unknown',
    ],
    ['and only the load generator is ours', outside(null), [...notOurs, generator], usual.map(refused), 'not assessed'],
    [
      'of which the timeline tells something else',
      outside(null),
      [...notOurs, [30_000_000, 'note', 'server', { text: 'restarted by hand' }]],
      usual.map(refused),
      'not assessed',
    ],
  ])('%s', (_reason, plan, timeline, database, verdict) => {
    const inOrder = [...timeline].sort(([a], [b]) => a - b)
    expect(verdictOf({ plan, timeline: inOrder, database })).toBe(verdict)
  })

  it('of which the folder has no stream of a database that was asked', () => {
    const without = (plan: Plan) => {
      const { database: _, ...run } = calmRun({ plan, timeline: notOurs, calls: [], pool: [] })
      return judgeExits(new RunView(readGenerated(run))).findings[0]?.verdict ?? 'not assessed'
    }
    expect([without(outside('postgres://db')), without(outside(null))]).toEqual(['unknown', 'not assessed'])
  })

  it('of which the stream was cut before the database ever answered', () => {
    const folder = readGenerated(
      calmRun({ plan: outside('postgres://db'), timeline: notOurs, calls: [], pool: [], database: usual.map(refused) }),
    )
    if (folder.database === null) throw new Error('no database')
    const state = { ...folder.database.state, cut: 'no end row', wholeUntilUs: 10_000_000 }
    const cut = { ...folder, database: { ...folder.database, state } }
    expect(judgeExits(new RunView(cut)).findings[0]).toMatchObject({ verdict: 'unknown', reason: 'stream_cut' })
  })

  it('is told so, and what is not seen', () => {
    const [found] = judged({ plan: outside('postgres://db'), timeline: notOurs }).findings
    expect(found?.why).toBe('Its database did not begin anew; its other processes are not ours to see.')
  })
})

const generator: TimelineEntry = [-1_000_000, 'process', 'k6-1', { pid: 9 }]

it('a system without a database needs none to be seen to stay up', () => {
  const plan = withNodes({ server })
  const { database: _, ...run } = calmRun({ plan, timeline: timelineOf(plan), calls: [], pool: [] })
  expect(judgeExits(new RunView(readGenerated(run))).findings[0]?.verdict).toBe('pass')
})

describe('a database that began anew', () => {
  const restartedAt = (atMs: number) =>
    databaseOf((ms) => ({ startedAt: ms < atMs ? 'a' : 'b' })).map((row) => ({ ...row, tUs: row.tUs - 2_000 }))
  const exit = (name: string, planned: boolean): TimelineEntry => [
    44_500_000,
    'exit',
    name,
    { pid: 1, code: 0, planned },
  ]

  it.each([
    [0, 'fail'],
    [-1_000, 'pass'],
  ])('as the answer of %d ms tells, where 0 is the first that counts: %s', (ms, verdict) => {
    expect(verdictOf({ database: restartedAt(ms) })).toBe(verdict)
  })

  it('after an exit that nobody planned is told beside it', () => {
    const [found] = judged({
      timeline: timelineOf(local, [exit('primary', false)]),
      database: restartedAt(45_000),
    }).findings
    expect(found).toMatchObject({ verdict: 'fail', measured: { value: 2 } })
    expect(found?.why).toMatch(/primary ended with code 0 at 44\.5 s; its database began anew between 4/)
  })

  const nodes = { server, primary, replica: { ...primary, id: 'replica', follows: 'primary' } }
  const decides = faultOf({ id: 'hand-over', on: 'db', startMs: 10_000, forMs: 1_000, with: { decide: 'planned' } })
  it.each<[reason: string, faults: Plan['faults'], verdict: string]>([
    ['without a fault a replica that ends explains nothing', [], 'fail'],
    ['nor with one that hands over nothing', [faultOf({ startMs: 10_000, forMs: 1_000 })], 'fail'],
    ['one of the faults hands over', [decides, faultOf({ startMs: 20_000, forMs: 1_000 })], 'pass'],
  ])('while its replica was stopped: %s', (_reason, faults, verdict) => {
    const plan = withNodes(nodes, { faults })
    const timeline = timelineOf(plan, [exit('replica', true)])
    expect(verdictOf({ plan, timeline, database: restartedAt(45_000) })).toBe(verdict)
  })
})

describe('a database that is silent', () => {
  /** Asked each second but while it is silent, with answers at the very edges as told, µs. */
  const silent = (fromUs: number, toUs: number) => [
    ...usual.filter(({ tUs }) => tUs < fromUs),
    { ...usual[0], tUs: fromUs },
    { ...usual[0], tUs: toUs },
    ...usual.filter(({ tUs }) => tUs > toUs),
  ]
  const plan = planOf({ faults: [faultOf({ on: 'primary', startMs: 40_000, recoveryMs: 0 })] })

  // On it from 40 s until it was seen to end, at 50.2 s; the neighbouring answers may be just under 2 s away.
  it.each<[reason: string, fromUs: number, toUs: number, verdict: string]>([
    ['while a fault is on it', 40_000_000, 50_200_000, 'pass'],
    ['from just before to just after', 38_000_001, 52_199_999, 'pass'],
    ['from 2 s before', 38_000_000, 50_200_000, 'unknown'],
    ['from long before', 30_000_000, 50_200_000, 'unknown'],
    ['until 2 s after', 40_000_000, 52_200_000, 'unknown'],
  ])('%s', (_reason, fromUs, toUs, verdict) => {
    expect(verdictOf({ plan, timeline: timelineOf(plan), database: silent(fromUs, toUs) })).toBe(verdict)
  })
})
