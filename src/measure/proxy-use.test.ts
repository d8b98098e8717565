import { expect, test } from 'vitest'
import { measure } from './measure-spec.ts'
import { proxyUseGate } from './proxy-use.ts'
import { measureById } from './registry.ts'
import { RunView } from './run-view.ts'
import { calmRun, databaseOf, timelineOf } from './testing/calm-run.ts'
import { type GeneratedDatabaseRow, type GeneratedRun, readGenerated } from './testing/generated-run.ts'
import { faultOf, planOf } from './testing/plan-of.ts'

const plan = planOf({ faults: [faultOf()] })
const proxies = { db: '127.0.0.1:6432' }
const looked = (shape: (ms: number) => Partial<GeneratedDatabaseRow>): Partial<GeneratedRun> => ({
  proxies,
  database: databaseOf(shape),
})

function latency(changes: Partial<GeneratedRun>, windowId = 'slow') {
  const view = new RunView(readGenerated(calmRun({ plan, timeline: timelineOf(plan), ...changes })))
  const [spec, window] = [measureById('tool.latency.p95'), view.window(windowId)]
  if (spec === null || window === null) throw new Error(windowId)
  return measure(view, spec, { window })
}

const isHarmed = (ms: number): boolean => ms >= 20_000 && ms < 31_000

test.each<[why: string, changes: Partial<GeneratedRun>]>([
  ['all come through it', looked(() => ({ clients: { db: 12 } }))],
  ['it opens no more than ours while it is harmed', looked((ms) => ({ clients: { db: isHarmed(ms) ? 0 : 12 } }))],
  [
    'the fault cut what comes from it late',
    looked((ms) => (isHarmed(ms) ? { connections: 90, clients: { db: 0 } } : { clients: { db: 12 } })),
  ],
  ['somebody else looks at the database, too', looked(() => ({ clients: { db: 7 } }))],
  ['others come through it as well', looked(() => ({ clients: { db: 40 } }))],
  ['it was told now and then', looked((ms) => ({ clients: { db: ms % 3_000 === 0 ? 12 : null } }))],
  ['this run has no such look', { database: databaseOf(() => ({})) }],
])('a fault reached the system where %s', (_why, changes) => {
  expect(latency(changes)).toMatchObject({ kind: 'value' })
})

test.each<[why: string, changes: Partial<GeneratedRun>, told: RegExp]>([
  ['nobody came through the proxy', looked(() => ({ clients: { db: 0 } })), /none of them.*127\.0\.0\.1:6432.*point/],
  [
    'they came before the load alone',
    looked((ms) => ({ clients: { db: ms < 0 ? 12 : 0 } })),
    /point the server at 127\.0\.0\.1:6432/,
  ],
  ['most went past it', looked(() => ({ clients: { db: 5 } })), /58 % of the system's connections/],
  ['nobody can tell', looked(() => ({ clients: { db: null } })), /cannot be told from this machine/],
  ['of another proxy it was told', looked(() => ({ clients: { other: 12 } })), /cannot be told from this machine/],
])('what a fault did is unknown where %s', (_why, changes, told) => {
  expect(latency(changes)).toMatchObject({
    kind: 'none',
    reason: 'fault_not_observed',
    why: expect.stringMatching(told),
  })
  expect(latency(changes, 'slow.recovery')).toMatchObject({ kind: 'none', reason: 'fault_not_observed' })
  expect(latency(changes, 'steady.clear')).toMatchObject({ kind: 'value' })
})

/** Looks at the sessions: when, s; how many there were, and how many of them came through the proxy. The fault was on from 20 s to 30.2 s. */
function gateBy(looks: readonly (readonly [atS: number, connections: number, clients: number])[], of = plan) {
  const database = looks.map(([atS, connections, clients]) => ({
    ...{ tUs: Math.round(atS * 1e6), connections, clients: { db: clients } },
  }))
  const view = new RunView(readGenerated(calmRun({ plan: of, timeline: timelineOf(of), proxies, database, calls: [] })))
  const injection = view.injection('slow')
  if (injection === null) throw new Error('no injection')
  return proxyUseGate(view, injection)?.why ?? null
}

test.each<[string, Parameters<typeof gateBy>[0]]>([
  ['one came through it, and was all there was', [[10, 1, 1]]],
  ['just half of them did', [[10, 4, 2]]],
  ['they did at the very start of the load', [[0, 12, 12]]],
  [
    'those that did not came as the fault did',
    [
      [10, 12, 12],
      [20, 90, 0],
    ],
  ],
  [
    'those that did not were gone as it was over',
    [
      [10, 12, 12],
      [30.199_999, 90, 0],
    ],
  ],
  [
    'nobody was there at times',
    [
      [10, 12, 12],
      [11, 0, 0],
      [25, 90, 0],
    ],
  ],
  [
    'nobody was there but while it was on',
    [
      [10, 0, 0],
      [25, 12, 12],
    ],
  ],
])('a fault reached the system where %s', (_why, looks) => {
  expect(gateBy(looks)).toBeNull()
})

test.each<[string, Parameters<typeof gateBy>[0], string]>([
  ['just over half went past it', [[10, 3, 1]], '67 % of'],
  [
    'they went past it a µs before it',
    [
      [10, 12, 12],
      [19.999_999, 90, 0],
    ],
    '88 % of',
  ],
  [
    'they went past it when it was over',
    [
      [10, 12, 12],
      [30.2, 90, 0],
    ],
    '88 % of',
  ],
  ['they came through it before the load alone', [[-0.000_001, 12, 12]], 'cannot be told'],
  [
    'nobody was there but while it was on, and those went past it',
    [
      [10, 0, 0],
      [25, 12, 1],
    ],
    '92 % of',
  ],
  [
    'most went past it, but for one while it was on',
    [
      [10, 1, 0],
      [25, 9, 9],
    ],
    '100 % of',
  ],
])('what a fault did is unknown where %s by a single look', (_why, looks, told) => {
  expect(gateBy(looks)).toContain(told)
})

test('what was seen while any of the faults was on does not count', () => {
  const both = planOf({ faults: [faultOf(), faultOf({ id: 'next', startMs: 45_000 })] })
  expect(
    gateBy(
      [
        [10, 12, 12],
        [50, 90, 0],
      ],
      both,
    ),
  ).toBeNull()
})
