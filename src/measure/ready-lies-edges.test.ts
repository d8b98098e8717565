import { expect, test } from 'vitest'
import type { Plan, PlannedFault } from '../domain/plan.ts'
import type { Measured } from '../domain/verdict.ts'
import { measure } from './measure-spec.ts'
import { readyLies } from './ready-lies.ts'
import { RunView } from './run-view.ts'
import { databaseOf, timelineOf } from './testing/calm-run.ts'
import { type GeneratedProbeRow, readGenerated } from './testing/generated-run.ts'
import { faultOf, planOf } from './testing/plan-of.ts'

type Node = Plan['stack']['nodes'][string]

/** The fault is there from 20 s on, healed at 30 s, and that is verified at 30.2 s. */
function planned(fault: Partial<PlannedFault> = {}, nodes: Readonly<Record<string, Partial<Node>>> = {}): Plan {
  const { stack, ...plan } = planOf({ faults: [faultOf(fault)] })
  const changed = Object.entries({ ...nodes, server: { readyPath: '/ready', ...nodes.server } }).map(
    ([id, changes]): [string, Node] => {
      const node = stack.nodes[id] ?? stack.nodes.primary
      if (node === undefined) throw new Error('no such node')
      return [id, { ...node, id, ...changes }]
    },
  )
  return { ...plan, stack: { ...stack, nodes: { ...stack.nodes, ...Object.fromEntries(changed) } } }
}

function viewOf(plan: Plan, probe: readonly GeneratedProbeRow[], withoutEdges: readonly string[] = []): RunView {
  const timeline = timelineOf(plan).filter(([, , , { edge }]) => !withoutEdges.includes(String(edge)))
  const inOrder = [...probe].sort((a, b) => a.endedUs - b.endedUs)
  return new RunView(readGenerated({ plan, timeline, database: databaseOf(() => ({})), probe: inOrder }))
}

function lies(probe: readonly GeneratedProbeRow[], plan = planned(), withoutEdges: readonly string[] = []): Measured {
  const view = viewOf(plan, probe, withoutEdges)
  const window = view.window('slow')
  if (window === null) throw new Error('no window')
  return measure(view, readyLies, { window })
}

/** A connection of ours; times in ms of the run. */
function ours(askedMs: number, endedMs: number, error: string | null, connection = 'fresh', probe = 'db') {
  return { askedUs: askedMs * 1_000, endedUs: endedMs * 1_000, probe, connection, error }
}

function ready(askedMs: number, endedMs: number, error: string | null = null, probe = 'ready'): GeneratedProbeRow {
  return { askedUs: askedMs * 1_000, endedUs: endedMs * 1_000, probe, connection: null, error }
}

const us = 0.001
const refused = (askedMs: number, endedMs = askedMs + 2, probe = 'db') =>
  ours(askedMs, endedMs, 'ECONNREFUSED', 'fresh', probe)
const late = (askedMs: number) => ours(askedMs, askedMs + 100, 'timeout')
const silent = (askedMs: number, endedMs: number) => ours(askedMs, endedMs, 'timeout', 'long')
const asked = ready(25_000, 25_002)

test.each([
  ['two failures gainsay it', [refused(24_000), refused(24_500), asked], 1],
  ['one may be chance', [refused(24_500), asked], null],
  ['asked 1.5 s before it a failure counts', [refused(23_500), refused(24_500), asked], 1],
  ['before that it does not', [refused(23_500 - us), refused(24_500), asked], null],
  ['one that ends with its answer counts', [refused(24_500), refused(24_800, 25_002), asked], 1],
  ['one that ends after it does not', [refused(24_500), refused(24_800, 25_002 + us), asked], null],
  ['one success among failures is enough', [refused(24_000), refused(24_200), ours(24_500, 24_502, null), asked], null],
  ['a success long before says nothing', [ours(23_000, 23_002, null), refused(24_000), refused(24_500), asked], 1],
  ['slow connections alone do not gainsay it', [late(24_000), late(24_500), asked], null],
  ['one of them that was refused does', [late(24_000), refused(24_500), asked], 1],
] as const)('of our own connections: %s', (_why, probe, value) => {
  const found = lies(probe)
  if (value === null) expect(found).toMatchObject({ kind: 'none', reason: 'no_samples', sampleCount: 0 })
  else expect(found).toMatchObject({ kind: 'value', value, sampleCount: 1 })
})

test.each([
  ['from 1.5 s before to the question', silent(23_500, 25_000), 1],
  ['for much longer', silent(21_000, 29_000), 1],
  ['not as long before', silent(23_500 + us, 25_000), null],
  ['over when it was asked', silent(23_500, 25_000 - us), null],
  ['none: the long-lived connection was answered', ours(21_000, 29_000, null, 'long'), null],
  ['of a fresh connection, which nobody had before', ours(21_000, 29_000, 'timeout'), null],
] as const)('slow connections gainsay it in a long silence: %s', (_why, row, value) => {
  expect(lies([late(24_000), late(24_500), row, asked])).toMatchObject(value === null ? { kind: 'none' } : { value })
})

test.each([
  ['asked as the fault comes', ready(20_000, 20_002), [], 1],
  ['asked before it', ready(20_000 - us, 20_002), [], null],
  ['answered before the heal', ready(29_999, 30_000 - us), [], 1],
  ['answered with the heal', ready(29_999, 30_000), [], null],
  ['a heal that was seen, of which nobody told when', ready(30_100, 30_150), ['healed'], 1],
  ['answered when the heal is verified', ready(30_100, 30_200), ['healed'], null],
] as const)('it is asked during the fault: %s', (_why, row, withoutEdges, value) => {
  const endedMs = row.endedUs / 1_000
  const probe = [refused(endedMs - 1_000), refused(endedMs - 500), row]
  expect(lies(probe, planned(), withoutEdges)).toMatchObject(value === null ? { kind: 'none' } : { value })
})

const failing = (probe: string) => [refused(24_000, 24_002, probe), refused(24_500, 24_502, probe)]

test('only the server’s own word is held against connections on the link of the fault', () => {
  expect(lies([...failing('db'), ready(25_000, 25_002, null, 'ready.server-1')])).toMatchObject({ kind: 'none' })
  expect(lies([...failing('other'), asked])).toMatchObject({ kind: 'none' })
})

test('each instance is held against the connections on its own link', () => {
  const two = planned({}, { server: { instances: 2 } })
  const word = (instance: number) => ready(25_000, 25_002, null, `ready.server-${instance}`)
  expect(lies([...failing('db-2'), word(2)], two)).toMatchObject({ value: 1 })
  expect(lies([...failing('db-1'), ...failing('db-2'), word(1), word(2)], two)).toMatchObject({ value: 2 })
  expect(lies([...failing('db-1'), word(2)], two)).toMatchObject({ kind: 'none' })
  // The fault is on the second alone.
  const second = planned({ instance: 2 }, { server: { instances: 2 } })
  expect(lies([...failing('db-1'), ...failing('db-2'), word(1), word(2)], second)).toMatchObject({ value: 1 })
})

test('of a fault on the database itself every instance is held against connections to it', () => {
  const one = planned({ on: 'primary' })
  expect(lies([...failing('primary'), asked], one)).toMatchObject({ value: 1 })
  expect(lies([...failing('db'), asked], one)).toMatchObject({ kind: 'none' })
  const two = planned({ on: 'primary' }, { server: { instances: 2 } })
  const words = [1, 2].map((instance) => ready(25_000, 25_002, null, `ready.server-${instance}`))
  expect(lies([...failing('primary'), ...words], two)).toMatchObject({ value: 2 })
})

test('what does not lead to the database in use gainsays nothing', () => {
  const nowhere = { kind: 'none', reason: 'no_samples', why: expect.stringContaining('is not how'), sampleCount: 0 }
  const replica = { replica: { follows: 'primary' } } as const
  expect(lies([...failing('server'), asked], planned({ on: 'server' }))).toMatchObject(nowhere)
  expect(lies([...failing('primary'), asked], planned({ on: 'primary' }, replica))).toMatchObject(nowhere)
  // The server's own link leads to whichever takes writes.
  expect(lies([...failing('db'), asked], planned({}, replica))).toMatchObject({ value: 1 })
  const linked = (from: string, to: string): Plan => {
    const plan = planned({}, { other: { role: 'mcp' }, second: {} })
    return { ...plan, stack: { ...plan.stack, links: { db: { id: 'db', from, to } } } }
  }
  expect(lies([...failing('db'), asked], linked('server', 'other'))).toMatchObject(nowhere)
  expect(lies([...failing('db'), asked], linked('second', 'primary'))).toMatchObject(nowhere)
})

test('answers that tell nothing of readiness are not counted among those that do', () => {
  const found = lies([...failing('db'), asked, ready(25_010, 25_020, 'HTTP 401'), ready(25_030, 25_040, 'HTTP 503')])
  expect(found).toMatchObject({
    value: 1,
    sampleCount: 2,
    method: 'answers that our own failures from 1.5 s before on, 2 or more and no success, gainsay',
  })
  const unasked = lies([...failing('db'), ready(25_010, 25_020, 'HTTP 401'), ready(25_030, 25_040, 'HTTP 403')])
  expect(unasked).toMatchObject({ kind: 'none', sampleCount: 0, why: '"ready" could not be asked: HTTP 401' })
})

test('a stack without a server has nobody to ask', () => {
  const alone = planned({ on: 'primary' }, { server: { role: 'postgres' } })
  expect(lies([...failing('primary'), asked], alone)).toMatchObject({ kind: 'none', reason: 'no_samples' })
})

test('one node with a ready path is enough to ask', () => {
  expect(readyLies.lacking?.(viewOf(planned(), []))).toBeNull()
})
