import { expect, test } from 'vitest'
import { measure } from './measure-spec.ts'
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
