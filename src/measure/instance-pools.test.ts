import { describe, expect, test } from 'vitest'
import type { Plan, PlannedFault } from '../domain/plan.ts'
import { instancePools, poolParts, tellingParts } from './instance-pools.ts'
import { RunView } from './run-view.ts'
import { poolOf, timelineOf } from './testing/calm-run.ts'
import { type GeneratedPoolRow, readGenerated } from './testing/generated-run.ts'
import { faultOf, planOf } from './testing/plan-of.ts'

/** A server of two instances; the second is killed from 20 s to 30 s. */
function planOfTwo(fault: Partial<PlannedFault> = {}): Plan {
  const { stack, ...rest } = planOf({ faults: [faultOf({ fault: 'kill', on: 'server', instance: 2, ...fault })] })
  const { server, ...nodes } = stack.nodes
  if (server === undefined) throw new Error('no server')
  return { ...rest, stack: { ...stack, nodes: { server: { ...server, instances: 2 }, ...nodes } } }
}

const told = (instance: string, isSilent: (ms: number) => boolean = () => false): readonly GeneratedPoolRow[] =>
  poolOf({ used: () => 3, sample: (row) => (isSilent(row.tUs / 1_000) ? null : { ...row, instance }) })

const isDown = (ms: number) => ms >= 20_000 && ms < 30_200

function viewOf(pool: readonly GeneratedPoolRow[], plan = planOfTwo(), timeline = timelineOf(plan)): RunView {
  const rows = [...pool].sort((a, b) => a.tUs - b.tUs)
  return new RunView(readGenerated({ plan, timeline, calls: [], pool: rows }))
}

const during = [{ startUs: 20_000_000, endUs: 30_200_000 }]
const around = [{ startUs: 5_000_000, endUs: 60_000_000 }]

describe('pools', () => {
  test('of two instances are those of each', () => {
    const view = viewOf([...told('server-1'), ...told('server-2')])
    const pools = instancePools(view.plan, view.poolRows)
    expect(pools.map(({ instance, server, rows }) => [instance, server, rows.length])).toEqual([
      ['server-1', 'server-1', 276],
      ['server-2', 'server-2', 276],
    ])
  })

  test('of one instance are its own, whatever the rows are called', () => {
    const view = viewOf(told('server/writes'), planOf())
    expect(instancePools(view.plan, view.poolRows)).toMatchObject([{ instance: 'server/writes', server: null }])
  })
})

describe('who tells of a stretch', () => {
  const spansOf = (view: RunView, spans = during) =>
    poolParts(view, spans).map(({ instance, spans: own, down }) => [instance, own, down.length])

  test('is the other, while one is down by the plan', () => {
    const view = viewOf([...told('server-1'), ...told('server-2', isDown)])
    expect(spansOf(view)).toEqual([['server-1', during, 0]])
    expect(spansOf(view, around)).toEqual([
      ['server-1', around, 0],
      [
        'server-2',
        [
          { startUs: 5e6, endUs: 20e6 },
          { startUs: 30.2e6, endUs: 60e6 },
        ],
        1,
      ],
    ])
  })

  test('are both, where the silent one has no fault that came', () => {
    const plan = planOfTwo()
    const never = timelineOf(plan).filter(([, kind]) => kind !== 'injection')
    const silent = [...told('server-1'), ...told('server-2', isDown)]
    expect(spansOf(viewOf(silent, plan, never))).toEqual([
      ['server-1', during, 0],
      ['server-2', during, 0],
    ])
  })
})

test('one that counted once counts, though others of its server never do', () => {
  const view = viewOf([...told('server-1/a'), ...told('server-1/b'), ...told('server-2')])
  const parts = poolParts(view, around)
  const once = tellingParts(parts, ({ instance, tUs }) => instance === 'server-1/a' && tUs > 60_000_000)
  expect(once.map(({ instance }) => instance)).toEqual(['server-1/a', 'server-2'])
})
