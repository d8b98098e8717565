import { describe, expect, test } from 'vitest'
import type { Measured } from '../domain/verdict.ts'
import { judgeBound } from '../judge/compare.ts'
import { measure } from './measure-spec.ts'
import { measureById } from './registry.ts'
import { RunView } from './run-view.ts'
import { calmRun, randomOf } from './testing/calm-run.ts'
import { type GeneratedCall, readGenerated } from './testing/generated-run.ts'
import { faultOf, launchObjectives, planOf } from './testing/plan-of.ts'
import { answered, hungFrom, type Served, servedBy } from './testing/served-calls.ts'

const s = 1_000_000
/** The fault is asked for at 20 s, its heal seen at 30.2 s. */
const plan = planOf({ faults: [faultOf({ fault: 'reset', judgedBy: 'bounded' })], objectives: launchObjectives })

function viewOf(calls: readonly GeneratedCall[], of = plan): RunView {
  return new RunView(readGenerated(calmRun({ plan: of, calls })))
}

function measured(view: RunView, id: string, withinMs: number | null = null): Measured {
  const [spec, window] = [measureById(id), view.window('steady.clear')]
  if (spec === null || window === null) throw new Error(id)
  return measure(view, spec, { window, withinMs })
}

/** 50 users, each second; all quick, but for what `serve` says otherwise. */
const load = (serve: (startUs: number, user: number) => Served | null) =>
  servedBy({
    users: 50,
    paceUs: s,
    endUs: 60 * s,
    serve: (startUs, user) => serve(startUs, user) ?? answered(startUs, 20),
  })

describe('an outage that a fault ends', () => {
  const outage = viewOf(load(hungFrom(12 * s, 20.5 * s)))

  test('is in the latency of the calm before it: so far they had waited, and how long they would have nobody knows', () => {
    const p95 = measured(outage, 'tool.latency.p95')
    expect(p95).toMatchObject({ kind: 'value', interval: { high: Number.POSITIVE_INFINITY } })
    expect(p95.value).toBeGreaterThan(5_000)
    expect(judgeBound(p95, { max: 500, unit: 'ms' }).verdict).not.toBe('pass')
    expect(measured(outage, 'tool.latency.max')).toMatchObject({ kind: 'atLeast', value: 8_000 })
  })

  test('is in the error ratio: what was never sent is no good answer, what was open may have become one', () => {
    // 8 slots of each of 50 users: one open, one that waits behind it, 6 never sent; of the latest no user but one is late.
    const { interval, sampleCount, method } = measured(outage, 'tool.error_ratio')
    const count = (ratio: number | undefined) => Math.round((ratio ?? Number.NaN) * sampleCount)
    expect(count(interval?.low)).toBe(300)
    expect(count(interval?.high)).toBe(400)
    expect(method).toContain('100 of them were late and open when a fault began')
  })

  test('leaves the classes of what was open untold', () => {
    expect(measured(outage, 'tool.error_ratio.transport')).toMatchObject({ value: 0, interval: { low: 0 } })
    expect(judgeBound(measured(outage, 'tool.error_ratio.transport'), { max: 0, unit: 'ratio' }).verdict).toBe(
      'unknown',
    )
    expect(measured(outage, 'tool.error_ratio.unknown').interval?.low).toBe(0)
    const { interval, value, sampleCount } = measured(outage, 'tool.good_ratio', 30_000)
    expect(Math.round(((interval?.high ?? 0) - (interval?.low ?? 0)) * sampleCount)).toBe(100)
    expect(value).toBe(interval?.low)
    expect(measured(outage, 'tool.good_ratio').interval?.high).toBeGreaterThan(
      measured(outage, 'tool.good_ratio', 500).interval?.high ?? 1,
    )
  })

  test('is in the service time of the calls that were sent, and of no others', () => {
    expect(measured(outage, 'tool.service_time.max')).toMatchObject({ kind: 'atLeast', value: 8_000 })
    const all = measured(outage, 'tool.latency.p50').sampleCount
    // 300 slots were not sent, and 50 calls waited behind one that was open.
    expect(all - measured(outage, 'tool.service_time.p50').sampleCount).toBe(350)
  })

  test('has no latest end, even where every slot was sent', () => {
    const short = viewOf(load(hungFrom(19 * s, 20.5 * s)))
    expect(measured(short, 'load.unsent')).toMatchObject({ value: 0 })
    expect(measured(short, 'tool.latency.max')).toMatchObject({ kind: 'atLeast', value: 1_000 })
  })

  test('takes no part in the fault from the fault', () => {
    const window = outage.window('slow')
    if (window === null) throw new Error('no window')
    expect(outage.calls(window).byOutcome).toEqual(
      new RunView(readGenerated(calmRun({ plan, calls: load(hungFrom(12 * s, 20.5 * s)) }))).calls(window).byOutcome,
    )
    expect(outage.calls(window).table.cutUs).toBeUndefined()
  })
})

test('of one tool alone it is told by that tool: the slow calls of another do not excuse it', () => {
  // Tool 1 takes 9 s with every tenth user; from 12 s on tool 0 gives no answer to others.
  const calls = load((startUs, user) => {
    if (user % 10 === 0) return answered(startUs, 9_000, 1)
    return startUs >= 12 * s && startUs < 20.5 * s
      ? { endedUs: 20.5 * s, outcome: 'transport', tool: 0 }
      : answered(startUs, 20, 0)
  })
  expect(measured(viewOf(calls), 'tool.error_ratio').method).toContain('90 of them were late')
})

test('one slow call does not excuse all that were open for as long', () => {
  const calls = load((startUs, user) =>
    startUs === 8 * s && user === 0 ? answered(startUs, 9_500) : hungFrom(12 * s, 20.5 * s)(startUs),
  )
  expect(measured(viewOf(calls), 'tool.error_ratio').method).toContain('100 of them were late')
})

describe('an outage that says nothing, since calls are open for as long now and then', () => {
  const openIn = (calls: readonly GeneratedCall[]) => {
    const view = viewOf(calls)
    const window = view.window('steady.clear')
    return window === null ? Number.NaN : view.calls(window).cut
  }

  test('a stall of the machine', () => {
    expect(openIn(load(hungFrom(19.55 * s, 20.5 * s)))).toBe(0)
    expect(openIn(load(hungFrom(19.4 * s, 20.5 * s)))).toBeGreaterThan(0)
  })

  test('not twice as long as what is usual', () => {
    const slow = (fromUs: number) => load((startUs) => hungFrom(fromUs, 22 * s)(startUs) ?? answered(startUs, 900))
    expect(openIn(slow(18.5 * s))).toBe(0)
    expect(openIn(slow(17.5 * s))).toBeGreaterThan(0)
  })

  test('of a tool of few calls, not as long as those of others', () => {
    const rare = (fromUs: number) =>
      load((startUs, user) => {
        if (user !== 0) return answered(startUs, 700, 1)
        return hungFrom(fromUs, 22 * s)(startUs) ?? answered(startUs, 20, 0)
      }).map((call): GeneratedCall => (call.user === 0 ? { ...call, tool: 0 } : call))
    expect(openIn(rare(18.7 * s))).toBe(0)
    expect(openIn(rare(16.7 * s))).toBeGreaterThan(0)
  })
})

describe('how far a percentile reaches', () => {
  test('among calls that were late it has no upper end', () => {
    const serve = (startUs: number) => hungFrom(15 * s, 20.5 * s)(startUs) ?? answered(startUs, 20)
    const view = viewOf(servedBy({ users: 200, paceUs: 4 * s, endUs: 60 * s, serve }))
    expect(measured(view, 'load.unsent')).toMatchObject({ value: 0 })
    expect(judgeBound(measured(view, 'tool.latency.p95'), { max: 30_000, unit: 'ms' }).verdict).toBe('unknown')
  })

  test('below them it has one, however few calls bound it', () => {
    const p95 = measured(viewOf(load(hungFrom(19 * s, 20.5 * s))), 'tool.latency.p95')
    expect(p95).toMatchObject({ value: 20 })
    expect(p95.interval?.high).toBeLessThanOrEqual(1_000)
  })
})

test('a script of ours that threw after the fault began is not the calm before it', () => {
  const calls = load(() => null).map(
    (call): GeneratedCall =>
      call.intendedUs === 18 * s ? { ...call, endedUs: 21 * s, outcome: 'generator_error' } : call,
  )
  expect(measured(viewOf(calls), 'tool.error_ratio')).toMatchObject({ kind: 'value', value: 0 })
})

describe('a run in which nothing is wrong', () => {
  const faults = [20, 30, 40, 50].map((at) =>
    faultOf({
      id: `at-${at}`,
      fault: 'reset',
      judgedBy: 'bounded',
      startMs: at * 1_000,
      forMs: 3_000,
      recoveryMs: 3_000,
    }),
  )
  const cut = planOf({ faults, objectives: launchObjectives })
  const inFault = (startUs: number, endUs: number) =>
    faults.some(({ startMs }) => startUs < (startMs + 3_000) * 1_000 && endUs > startMs * 1_000)
  /** Log-normal, p50 100 ms, p99 1 s; faults end what they find as an error. 250 calls/s: the launch gate's. */
  const healthy = (seed: number) => {
    const random = randomOf(seed)
    const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
    const serve = (startUs: number): Served => {
      const endedUs = startUs + Math.round(100_000 * Math.exp(normal()))
      return inFault(startUs, endUs(startUs, endedUs)) ? { endedUs, outcome: 'tool_error' } : { endedUs, outcome: 'ok' }
    }
    return viewOf(servedBy({ users: 1_000, paceUs: 4 * s, endUs: 60 * s, serve }), cut)
  }
  const endUs = (_startUs: number, endedUs: number) => endedUs

  test.each([1, 2, 3, 4, 5, 6])('loses nothing by the calls that are always open: seed %i', (seed) => {
    const view = healthy(seed)
    const window = view.window('steady.clear')
    if (window === null) throw new Error('no window')
    const open = [...view.calls(window).rows].filter((row) => view.calls(window).table.cutUs?.has(row)).length
    expect(open).toBeLessThanOrEqual(2)
    const errors = measured(view, 'tool.error_ratio')
    expect(errors.sampleCount).toBeGreaterThan(5_000)
    expect(judgeBound(errors, { max: 0.001, unit: 'ratio' }).verdict).toBe('pass')
    const p95 = measured(view, 'tool.latency.p95')
    expect(p95.interval?.high).toBeLessThan(700)
    expect(measured(view, 'tool.latency.p99').interval?.high).toBeLessThan(2_000)
  })
})
