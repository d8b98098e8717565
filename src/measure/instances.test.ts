import { describe, expect, test } from 'vitest'
import type { Plan, PlannedFault } from '../domain/plan.ts'
import type { Measured } from '../domain/verdict.ts'
import { measure } from './measure-spec.ts'
import { measureById } from './registry.ts'
import { RunView } from './run-view.ts'
import { calmRun, poolOf, timelineOf } from './testing/calm-run.ts'
import { type GeneratedBalancerRow, type GeneratedRun, readGenerated } from './testing/generated-run.ts'
import { faultOf, planOf } from './testing/plan-of.ts'

const ids = ['server-1', 'server-2', 'server-3'] as const

/** A server of three instances; by default the second is killed from 20 s to 30 s. */
function planOfThree(fault: Partial<PlannedFault> = {}): Plan {
  const { stack, ...rest } = planOf({
    faults: [faultOf({ id: 'dead', fault: 'kill', on: 'server', instance: 2, ...fault })],
  })
  const { server, ...nodes } = stack.nodes
  if (server === undefined) throw new Error('no server')
  return { ...rest, stack: { ...stack, nodes: { server: { ...server, instances: 3, readyPath: '/ready' }, ...nodes } } }
}

type Used = (instance: number, ms: number) => number

const isDown = (ms: number): boolean => ms >= 20_000 && ms < 30_200

/** Pools of 30 of which 3 are in use; one whose answers are gaps while `silent` says so. */
function poolsOf(
  used: Used = () => 3,
  silent: (instance: number, ms: number) => boolean = (i, ms) => i === 2 && isDown(ms),
) {
  return ids
    .flatMap((instance, index) =>
      poolOf({
        max: 30,
        used: (ms) => (ms < 60_000 ? used(index + 1, ms) : 0),
        sample: (row) => {
          const own = { ...row, instance, timeouts: 2 }
          return silent(index + 1, (row.tUs - 3_000) / 1_000)
            ? { tUs: row.tUs, tookUs: row.tookUs, instance, error: 'ECONNREFUSED' }
            : own
        },
      }),
    )
    .sort((a, b) => a.tUs - b.tUs)
}

function ask(id: string, windowId: string, run: Partial<GeneratedRun> = {}, plan = planOfThree()): Measured {
  const view = new RunView(readGenerated(calmRun({ plan, timeline: timelineOf(plan), pool: poolsOf(), ...run })))
  const spec = measureById(id)
  const window = view.window(windowId)
  if (spec === null || window === null) throw new Error(`${id} ${windowId}`)
  expect(spec.lacking?.(view) ?? null).toBe(null)
  return measure(view, spec, { window })
}

describe('the pools of several instances', () => {
  test('are as full as the fullest', () => {
    const pool = poolsOf((instance, ms) => (instance === 3 && ms === 40_000 ? 27 : 3))
    expect(ask('pool.used.peak_ratio', 'steady.clear', { pool })).toMatchObject({ kind: 'value', value: 0.9 })
    expect(ask('pool.used.peak_ratio', 'dead', { pool })).toMatchObject({ kind: 'value', value: 0.1 })
  })

  test('leak what all of them leak', () => {
    const pool = poolsOf().map((row) => (row.tUs > 60_000_000 ? { ...row, used: 2 } : row))
    expect(ask('pool.leaked', 'run', { pool })).toMatchObject({ kind: 'value', value: 6 })
  })

  test('wait as all of them wait: one histogram', () => {
    // Each has one wait a sample; those of the third take up to 1 s, a third of all.
    const at = (ms: number) => Math.round(ms / 250) + 100
    const pool = poolsOf(undefined, () => false).map((row) => {
      const count = at((row.tUs - 3_000) / 1_000)
      const fast = row.instance === 'server-3' ? 0 : count
      return { ...row, wait: [count, count, [fast, fast, fast, count, count, count]] as const }
    })
    const plan = planOfThree({ fault: 'latency', on: 'db' })
    expect(ask('pool.acquire_wait.p95', 'steady', { pool }, plan)).toMatchObject({ value: 1_000 })
    const none = pool.map((row) => ({ ...row, wait: [0, 0, [0, 0, 0, 0, 0, 0]] as const }))
    const onlyFast = pool.map((row, index) => (row.instance === 'server-3' ? (none[index] ?? row) : row))
    // One that nobody asked, as an instance without users is, adds nothing and hides nothing.
    expect(ask('pool.acquire_wait.p95', 'steady', { pool: onlyFast }, plan)).toMatchObject({ value: 5 })
  })

  test('of which one is down by a fault of the plan leave the others their word', () => {
    expect(ask('pool.used.peak_ratio', 'dead')).toMatchObject({ kind: 'value', value: 0.1 })
    const pool = poolsOf((instance, ms) => (instance === 2 && ms > 45_000 && ms < 46_000 ? 30 : 3))
    // Before and after it was down it is heard as ever.
    expect(ask('pool.used.peak_ratio', 'steady', { pool })).toMatchObject({ value: 1 })
  })

  const onAll = planOfThree()
  const { instance: _, ...killAll } = onAll.faults[0] ?? faultOf()
  test.each<[string, string, Parameters<typeof poolsOf>[1], Plan]>([
    ['another than the one with the fault', 'steady', (i, ms) => i === 1 && isDown(ms), planOfThree()],
    ['one with a fault on its link', 'steady', (i, ms) => i === 2 && isDown(ms), planOfThree({ on: 'db' })],
    ['one for longer than its fault', 'steady', (i, ms) => i === 2 && ms >= 15_000 && ms < 30_200, planOfThree()],
    ['all, by a fault on all', 'dead', (_i, ms) => isDown(ms), { ...onAll, faults: [killAll] }],
  ])('are no evidence while one is silent: %s', (_reason, window, silent, plan) => {
    const pool = poolsOf(undefined, silent)
    expect(ask('pool.used.peak_ratio', window, { pool }, plan)).toMatchObject({
      kind: 'none',
      reason: 'sampler_silent',
    })
  })

  test('of which one never said a word are no evidence', () => {
    const pool = poolsOf().filter(({ instance }) => instance !== 'server-3')
    expect(ask('pool.used.peak_ratio', 'steady.clear', { pool })).toMatchObject({
      kind: 'none',
      reason: 'sampler_silent',
    })
  })
})

/** Rows of a look each 250 ms; bytes grow by `bytes` in each. */
function balancerOf(
  bytes: (instance: number, ms: number) => number,
  isUp: (instance: number, ms: number) => boolean = () => true,
): GeneratedBalancerRow[] {
  const rows: GeneratedBalancerRow[] = []
  const sent = [0, 0, 0]
  for (let ms = -1_000; ms < 67_000; ms += 250)
    for (const [index, instance] of ids.entries()) {
      sent[index] = (sent[index] ?? 0) + bytes(index + 1, ms)
      rows.push({ tUs: ms * 1_000, instance, isUp: isUp(index + 1, ms), sent: sent[index] ?? 0 })
    }
  return rows
}

describe('the instances behind the balancer', () => {
  test.each<[string, (instance: number, ms: number) => number, string, number]>([
    ['all, when each has its share', () => 1_000, 'steady', 3],
    ['two, while one is gone', (i, ms) => (i === 2 && isDown(ms) ? 0 : 1_000), 'dead', 2],
    ['all in all, though one was gone for a while', (i, ms) => (i === 2 && isDown(ms) ? 0 : 1_000), 'steady', 3],
    ['not one that answers the probe alone', (i) => (i === 3 ? 100 : 1_000), 'steady', 2],
  ])('are reached: %s', (_reason, bytes, window, value) => {
    expect(ask('load.instances_reached', window, { balancer: balancerOf(bytes) })).toMatchObject({
      kind: 'value',
      value,
      interval: { low: value, high: value },
    })
  })

  test('are not known to be reached when nothing came from any, or nobody looked', () => {
    expect(ask('load.instances_reached', 'steady', { balancer: balancerOf(() => 0) })).toMatchObject({ kind: 'none' })
    expect(ask('load.instances_reached', 'steady')).toMatchObject({ kind: 'none', reason: 'sampler_silent' })
    const late = balancerOf(() => 1_000).filter(({ tUs }) => tUs < 40_000_000)
    expect(ask('load.instances_reached', 'steady', { balancer: late })).toMatchObject({ reason: 'sampler_silent' })
  })

  test('are up as few as were at any one time', () => {
    const balancer = balancerOf(
      () => 1_000,
      (i, ms) => !(i === 2 && ms >= 21_000 && ms < 25_000) && !(i === 1 && ms >= 25_000 && ms < 27_000),
    )
    expect(ask('load.instances_up.least', 'dead', { balancer })).toMatchObject({ kind: 'value', value: 2 })
    expect(ask('load.instances_up.least', 'steady.clear', { balancer })).toMatchObject({ kind: 'value', value: 3 })
  })
})

test('"ready" of each instance is held against our own connections on its own link', () => {
  const plan = planOfThree({ fault: 'black-hole', on: 'db', instance: 2 })
  const probe = Array.from({ length: 40 }, (_, at) => 20_500_000 + at * 250_000).flatMap((askedUs) => {
    const row = (name: string, connection: string | null, error: string | null) => ({
      askedUs,
      endedUs: askedUs + 1_000,
      probe: name,
      connection,
      error,
    })
    const ours = ids.flatMap((_id, index) => [row(`db-${index + 1}`, 'fresh', index === 1 ? 'refused' : null)])
    return [...ours, ...ids.map((id) => row(`ready.${id}`, null, null))]
  })
  const lies = ask('ready.lies', 'dead', { probe }, plan)
  expect(lies).toMatchObject({ kind: 'value' })
  // Only the second lies, and only it is asked about: 37 answers from 1.5 s of failures on.
  const honest = probe.map((row) => (row.probe === 'ready.server-2' ? { ...row, error: 'HTTP 503' } : row))
  expect(ask('ready.lies', 'dead', { probe: honest }, plan)).toMatchObject({ kind: 'value', value: 0 })
  expect(lies.kind === 'value' && Number(lies.value)).toBeGreaterThan(20)
})
