import { describe, expect, test } from 'vitest'
import type { Plan } from '../domain/plan.ts'
import { balancerMeasures } from './balancer-measures.ts'
import { measure } from './measure-spec.ts'
import { RunView } from './run-view.ts'
import { timelineOf } from './testing/calm-run.ts'
import { type GeneratedBalancerRow, readGenerated } from './testing/generated-run.ts'
import { planOf } from './testing/plan-of.ts'

const ids = ['server-1', 'server-2', 'server-3'] as const

/** A server of so many instances, whose balancer is asked so often. */
function planWith(instances: number, probeEveryMs = 250): Plan {
  const { stack, observe, ...rest } = planOf()
  const { server, ...nodes } = stack.nodes
  if (server === undefined) throw new Error('no server')
  const own = { ...stack, nodes: { server: { ...server, instances }, ...nodes } }
  return { ...rest, stack: own, observe: { ...observe, probeEveryMs } }
}

type Told = (at: number, ms: number) => Partial<GeneratedBalancerRow> | null

/** One look each 250 ms at all three; null: it is not told of. */
function looks(told: Told, everyMs = 250): GeneratedBalancerRow[] {
  const times = Array.from({ length: Math.ceil(68_000 / everyMs) }, (_, look) => look * everyMs - 1_000)
  return times.flatMap((ms) =>
    ids.flatMap((instance, at) => {
      const own = told(at, ms)
      return own === null ? [] : [{ tUs: ms * 1_000, instance, isUp: true, sent: 0, ...own }]
    }),
  )
}

/** In the steady phase, from 5 s to 60 s. */
function ask(id: string, rows: readonly GeneratedBalancerRow[], plan = planWith(3), isMute = false) {
  const folder = readGenerated({ plan, timeline: timelineOf(plan), calls: [], balancer: rows })
  const { balancer } = folder
  if (balancer === null) throw new Error('no stream')
  const told = isMute ? { ...balancer, rows: balancer.rows.map((row) => ({ ...row, isUp: null })) } : balancer
  const view = new RunView({ ...folder, balancer: told })
  const [spec, window] = [balancerMeasures.find((one) => one.id === id), view.window('steady')]
  if (spec === undefined || window === null) throw new Error(id)
  return measure(view, spec, { window })
}

describe('an instance is reached', () => {
  /** What each had sent of late, from so many ms on. */
  const sent = (fromMs: number, bytes: readonly number[]): readonly GeneratedBalancerRow[] =>
    looks((at, ms) => ({ sent: ms < fromMs ? 0 : (bytes[at] ?? 0) }))

  test.each<readonly [string, readonly number[], number]>([
    ['with half of an even share', [5, 5, 2], 3],
    ['not with less', [50, 51, 19], 2],
    ['by all that came, when it all came to one', [9, 0, 0], 1],
  ])('%s', (_why, bytes, value) => {
    expect(ask('load.instances_reached', sent(30_000, bytes))).toMatchObject({
      value,
      interval: { low: value, high: value },
    })
  })

  test('by a single byte in all', () => {
    expect(ask('load.instances_reached', sent(30_000, [1, 0, 0]))).toMatchObject({ kind: 'value', value: 1 })
  })

  test('by nobody knows what, where the balancer does not tell it of one', () => {
    const late = { tUs: 66_500_000, instance: 'server-3', isUp: true, sent: 5 }
    const rows = looks((at, ms) => (at === 2 ? null : { sent: Math.max(0, ms) })).concat(late)
    expect(ask('load.instances_reached', rows)).toMatchObject({ kind: 'none', reason: 'no_samples' })
  })

  test('or perhaps, where what it sent may have come before the window; never, where it sent nothing', () => {
    // All of it came from the last look before the window to the first in it.
    expect(ask('load.instances_reached', sent(5_250, [1, 1, 0]))).toMatchObject({ interval: { low: 0, high: 2 } })
  })
})

describe('how many were up', () => {
  const up = (isUp: (at: number, ms: number) => boolean | null) =>
    looks((at, ms) => {
      const own = isUp(at, ms)
      return own === null ? null : { isUp: own }
    })

  test('is told look by look; one whose row lies beyond the edge counts as up', () => {
    const lastMs = 59_750
    const rows = up((at, ms) => (ms === lastMs && at === 1 ? null : !(ms === lastMs && at === 0)))
    expect(ask('load.instances_up.least', rows)).toMatchObject({ value: 2, sampleCount: 220 })
  })

  test('is told by a single look', () => {
    const rows = looks((at, ms) => ({ isUp: ms < 30_000 || at === 0 }), 31_000)
    expect(ask('load.instances_up.least', rows, planWith(3, 31_000))).toMatchObject({ value: 1, sampleCount: 1 })
  })

  test('is unknown where the balancer does not say it', () => {
    const rows = up(() => true)
    const measured = ask('load.instances_up.least', rows, planWith(3), true)
    expect(measured).toMatchObject({ kind: 'none', reason: 'no_samples', sampleCount: 0 })
  })
})

test.each([
  [1, 'the server has one instance'],
  [2, null],
])('of a server of %d the balancer is asked, or not', (instances, why) => {
  const plan = planWith(instances)
  const view = new RunView(readGenerated({ plan, timeline: timelineOf(plan) }))
  for (const { lacking } of balancerMeasures) {
    const said = lacking?.(view) ?? null
    expect(said?.slice(0, why?.length) ?? null).toBe(why)
  }
})
