import { describe, expect, test } from 'vitest'
import { measure } from './measure-spec.ts'
import { measureById } from './registry.ts'
import { RunView } from './run-view.ts'
import { type CallsShape, callsOf, calmRun, databaseOf, timelineOf } from './testing/calm-run.ts'
import { type GeneratedRun, readGenerated, type TimelineEntry } from './testing/generated-run.ts'
import { faultOf, planOf } from './testing/plan-of.ts'
import { failing, p95, peak, gatedPlan as plan, pool, reasonFor, reasonIn } from './testing/reason-for.ts'

const calls = (changes: Partial<CallsShape>) =>
  callsOf({ users: 50, startMs: 0, endMs: 60_000, latencyMs: () => 20, ...changes })
const silent = (fromMs: number, toMs: number) =>
  pool((row) => (row.tUs >= fromMs * 1000 && row.tUs < toMs * 1000 ? null : row))
/** Leaves out all but each `nth` sample of a stretch. */
const sparse = (nth: number, fromMs: number, toMs: number) =>
  pool((row) =>
    row.tUs >= fromMs * 1000 && row.tUs < toMs * 1000 && Math.floor(row.tUs / 250_000) % nth !== 0 ? null : row,
  )
const without = (...edges: string[]): TimelineEntry[] =>
  timelineOf(plan).filter(([, kind, , data]) => kind !== 'injection' || !edges.includes(String(data.edge)))
const ended = (tUs: number, reason: string): TimelineEntry[] => [
  ...timelineOf(plan).filter(([at]) => at < tUs),
  [tUs, 'end', null, { reason }],
]

describe('no evidence is no measurement', () => {
  test.each([
    ['all is there', p95, 'steady.clear', {}, 'value'],
    [
      '1 % of the calls late by the generator',
      p95,
      'steady',
      { calls: calls({ latencyMs: () => 200, lateMs: (_ms, index) => (index % 100 === 0 ? 60 : 0) }) },
      'value',
    ],
    [
      '2 % of the calls late by the generator',
      p95,
      'steady',
      { calls: calls({ latencyMs: () => 200, lateMs: (_ms, index) => (index % 50 === 0 ? 60 : 0) }) },
      'load_not_delivered',
    ],
    [
      'all calls late by just 50 ms',
      p95,
      'steady',
      { calls: calls({ latencyMs: () => 200, lateMs: () => 50 }) },
      'value',
    ],
    [
      'undelivered load is no evidence of a calm pool either',
      peak,
      'steady',
      { calls: calls({ latencyMs: () => 200, lateMs: () => 60 }) },
      'load_not_delivered',
    ],
    [
      'late before the window only',
      p95,
      'steady.clear',
      { calls: calls({ latencyMs: () => 200, lateMs: (ms) => (ms < 4_000 ? 60 : 0) }) },
      'value',
    ],
    [
      'our own script failed once',
      p95,
      'steady',
      { calls: calls({ outcome: (_ms, index) => (index === 1_000 ? 'generator_error' : 'ok') }) },
      'generator_error',
    ],
    [
      'our own script failed in another window',
      p95,
      'slow',
      { calls: calls({ outcome: (_ms, index) => (index === 300 ? 'generator_error' : 'ok') }) },
      'value',
    ],
    ['no calls at all', p95, 'steady', { calls: [] }, 'no_samples'],
    ['no calls in the window', p95, 'slow', { calls: calls({ endMs: 15_000 }) }, 'no_samples'],
    [
      'one of two load instances left nothing',
      p95,
      'steady',
      { plan: planOf({ load: { ...plan.load, instances: 2 } }) },
      'load_not_delivered',
    ],
    [
      'the load ended before its time',
      p95,
      'steady',
      {
        timeline: timelineOf(plan).map(
          (row): TimelineEntry => (row[1] === 'load' ? [50_000_000, 'load', 'k6-1', { edge: 'end' }] : row),
        ),
      },
      'load_not_delivered',
    ],
    ['the pool sampler was silent for 3 s', peak, 'steady', { pool: silent(40_000, 43_000) }, 'sampler_silent'],
    ['for just under 2 s', peak, 'steady', { pool: silent(40_000, 41_750) }, 'value'],
    ['silent across the edge of a window', peak, 'slow', { pool: silent(18_500, 21_000) }, 'sampler_silent'],
    ['silent outside of the window', peak, 'slow', { pool: silent(40_000, 50_000) }, 'value'],
    ['failed samples are silence', peak, 'steady', { pool: failing(40_000, 43_000) }, 'sampler_silent'],
    [
      'every 6th sample: each gap is short, but a third of the time is uncovered',
      peak,
      'steady',
      { pool: sparse(6, 5_000, 60_000) },
      'sampler_silent',
    ],
    ['every 6th sample for a tenth of the time', peak, 'steady', { pool: sparse(6, 10_000, 15_000) }, 'value'],
    ['the pool sampler stopped', peak, 'steady', { pool: silent(50_000, 70_000) }, 'sampler_silent'],
    ['latency does not rest on the pool sampler', p95, 'steady', { pool: silent(40_000, 50_000) }, 'value'],
    [
      'the database sampler was silent',
      'database.connections.peak',
      'steady',
      { database: databaseOf((ms) => (ms >= 40_000 && ms < 44_000 ? { error: 'refused', connections: null } : {})) },
      'sampler_silent',
    ],
    [
      'the clock stepped in the window',
      p95,
      'slow',
      { timeline: timelineOf(plan, [[25_000_000, 'clock', null, { stepUs: 200_000 }]]) },
      'clock_stepped',
    ],
    [
      'the clock stepped in another window',
      p95,
      'slow',
      { timeline: timelineOf(plan, [[50_000_000, 'clock', null, { stepUs: 200_000 }]]) },
      'value',
    ],
    [
      'the fault could not be applied, whatever was seen',
      p95,
      'slow',
      { timeline: without('applied') },
      'fault_not_observed',
    ],
    [
      'this machine does not let the fault act',
      p95,
      'slow',
      {
        timeline: [
          ...without('applied', 'observed'),
          [20_001_000, 'injection', 'slow', { edge: 'notPossible', note: 'it takes root' }],
        ],
      },
      'not_possible_here',
    ],
    [
      'the system never used the database of the link',
      p95,
      'slow',
      { database: databaseOf(() => ({ connections: 0 })) },
      'fault_not_observed',
    ],
    [
      'it used it once',
      p95,
      'slow',
      { database: databaseOf((ms) => ({ connections: ms === 5_000 ? 1 : 0 })) },
      'value',
    ],
    [
      'a fault elsewhere does not need it',
      p95,
      'steady.clear',
      { database: databaseOf(() => ({ connections: 0 })) },
      'value',
    ],
    [
      'its connections before the run are none of it',
      p95,
      'slow',
      { database: databaseOf((ms) => ({ connections: ms < 0 ? 1 : 0 })) },
      'fault_not_observed',
    ],
    [
      'a single look is enough to know',
      p95,
      'slow',
      { database: databaseOf((ms) => ({ connections: ms === 5_000 ? 0 : null })) },
      'fault_not_observed',
    ],
    [
      'a database that does not tell its connections gainsays nothing',
      p95,
      'slow',
      { database: databaseOf(() => ({ connections: null })) },
      'value',
    ],
    [
      'interrupted before the heal: what was not seen may have come',
      p95,
      'slow',
      { timeline: ended(25_000_000, 'interrupted') },
      'interrupted',
    ],
    [
      'the clock stepped in one piece of the window',
      p95,
      'steady.clear',
      { timeline: timelineOf(plan, [[50_000_000, 'clock', null, { stepUs: 200_000 }]]) },
      'clock_stepped',
    ],
    [
      'a single call is a load',
      'tool.error_ratio',
      'steady',
      { calls: calls({ users: 1, startMs: 20_000, endMs: 21_000 }) },
      'value',
    ],
    ['the fault was never observed', p95, 'slow', { timeline: without('observed') }, 'fault_not_observed'],
    [
      'nor is its recovery anything then',
      p95,
      'slow.recovery',
      { timeline: without('observed') },
      'fault_not_observed',
    ],
    ['the fault was never seen to heal', p95, 'slow', { timeline: without('healVerified') }, 'fault_not_healed'],
    [
      'no recovery without a heal',
      'recovery.after_heal',
      'slow',
      { timeline: without('healVerified') },
      'fault_not_healed',
    ],
    ['clear time before it stays', p95, 'steady.clear', { timeline: without('observed') }, 'value'],
    ['the run ended before the fault', p95, 'slow', { timeline: ended(15_000_000, 'planned') }, 'window_missing'],
    [
      'the run was interrupted before the fault',
      p95,
      'slow',
      { timeline: ended(15_000_000, 'interrupted') },
      'interrupted',
    ],
    ['interrupted in the window', p95, 'steady', { timeline: ended(50_000_000, 'interrupted') }, 'interrupted'],
    ['interrupted after the window', p95, 'slow', { timeline: ended(50_000_000, 'interrupted') }, 'value'],
    ['no timeline', p95, 'steady', { timeline: undefined }, 'stream_cut'],
    [
      'a leak needs the rest after the load',
      'pool.leaked',
      'run',
      { timeline: ended(60_200_000, 'planned') },
      'window_missing',
    ],
  ] as const)('%s', (_why, measureId, windowId, changes, expected) => {
    const { timeline, ...others } = changes as { timeline?: TimelineEntry[] | undefined } & Partial<GeneratedRun>
    const run =
      'timeline' in changes && timeline === undefined
        ? dropTimeline(others)
        : reasonFor(measureId, windowId, changes as Partial<GeneratedRun>)
    expect(typeof run === 'string' ? run : reasonIn(run, measureId, windowId)).toBe(expected)
  })

  function dropTimeline(changes: Partial<GeneratedRun>): RunView {
    const { timeline: _none, ...rest } = calmRun({ plan, ...changes })
    return new RunView(readGenerated(rest))
  }

  test('lateness while the previous call was open is the system’s doing', () => {
    const held = calls({ latencyMs: () => 800 }).map((call) => ({
      ...call,
      readyUs: call.intendedUs + 500_000,
      startedUs: call.intendedUs + 510_000,
    }))
    expect(reasonFor(p95, 'steady', { calls: held })).toBe('value')
  })
})

describe('at the very edge', () => {
  const stepAt = (tUs: number) => ({ timeline: timelineOf(plan, [[tUs, 'clock', null, { stepUs: 200_000 }]]) })
  const lateEach = (nth: number) =>
    calls({ users: 40, latencyMs: () => 200, lateMs: (_ms, index) => (index % nth === 0 ? 51 : 0) })
  const loadEndedAt = (tUs: number) => ({
    timeline: timelineOf(plan).map(
      (row): TimelineEntry => (row[1] === 'load' ? [tUs, 'load', 'k6-1', { edge: 'end' }] : row),
    ),
  })
  const allFault = planOf({ faults: [faultOf({ startMs: 5_000, forMs: 55_000, recoveryMs: 0 })] })

  test.each<readonly [string, string, string, Partial<GeneratedRun>, string]>([
    ['a clock step at the start is in the window', p95, 'slow', stepAt(20_000_000), 'clock_stepped'],
    ['a clock step at the end is in the next one', p95, 'slow', stepAt(30_200_000), 'value'],
    ['exactly 1 % late is delivered', p95, 'steady', { calls: lateEach(100) }, 'value'],
    ['a little more is not', p95, 'steady', { calls: lateEach(95) }, 'load_not_delivered'],
    ['the load ended 1 s early', p95, 'steady', loadEndedAt(59_000_000), 'value'],
    ['and a little more', p95, 'steady', loadEndedAt(58_999_999), 'load_not_delivered'],
    ['the run ended with the window', p95, 'steady', { timeline: ended(60_000_000, 'planned') }, 'value'],
    ['and a moment before it', p95, 'steady', { timeline: ended(59_999_999, 'planned') }, 'window_missing'],
    [
      'the run ended when the phase was to begin',
      p95,
      'steady',
      { timeline: ended(5_000_000, 'planned') },
      'window_missing',
    ],
    ['no time is clear', p95, 'steady.clear', { plan: allFault, timeline: timelineOf(allFault) }, 'no_samples'],
    ['the clear time never came', p95, 'steady.clear', { timeline: ended(4_000_000, 'interrupted') }, 'interrupted'],
    [
      'the injection never came in a planned run',
      p95,
      'slow',
      { timeline: without('requested', 'observed', 'applied', 'healed', 'healVerified') },
      'window_missing',
    ],
  ])('%s', (_why, measureId, windowId, changes, expected) => {
    expect(reasonFor(measureId, windowId, changes)).toBe(expected)
  })

  test.each<readonly [string, string, Partial<GeneratedRun>, string]>([
    ['how far the clock stepped', p95, stepAt(25_000_000), 'the clock stepped by 200 ms at 25.0 s'],
    [
      'what the sampler was told',
      peak,
      { pool: failing(25_000, 28_000) },
      'no answer for 3.3 s from 24.8 s on (HTTP 503)',
    ],
    [
      'how many calls were late',
      p95,
      { calls: calls({ latencyMs: () => 200, lateMs: (_ms, index) => (index % 4 === 0 ? 60 : 0) }) },
      "2[45].[0-9] % of the calls began over 50 ms late by the generator's own doing",
    ],
    ['that it could not be applied', p95, { timeline: without('applied') }, 'but it could not be applied'],
    ['that its effect was not seen', p95, { timeline: without('observed') }, 'but its effect was never seen'],
    ['and nothing when it was not', peak, { pool: silent(25_000, 28_000) }, 'no answer for 3.3 s from 24.8 s on'],
  ])('the reason says %s', (_why, measureId, changes, text) => {
    const view = new RunView(readGenerated(calmRun({ plan, ...changes })))
    const window = view.window('slow')
    const spec = measureById(measureId)
    if (window === null || spec === null) throw new Error(measureId)
    const measured = measure(view, spec, { window })
    expect(measured.sampleCount).toBe(0)
    expect(measured.kind === 'none' ? measured.why : '').toMatch(new RegExp(`${text.replace(/[()]/g, '.')}$`))
  })
})
