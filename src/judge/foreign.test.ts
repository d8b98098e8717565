import { expect, it } from 'vitest'
import { faultOf, launchObjectives, planOf } from '../measure/testing/plan-of.ts'
import type { RunFile } from '../record/reader.ts'
import { environmentHash, foreignDifferences, foreignLoads } from './foreign.ts'

const run: RunFile = {
  id: 'a',
  startedAt: '2026-11-22T00:00:00.000Z',
  plan: planOf({ faults: [faultOf()] }),
  advice: [],
  seed: 1,
  target: '',
  bootId: null,
  versions: { squall: '0.1.0', k6: '1.8.0', node: 'v24.0.0' },
  environment: { cpu: 'Xeon', cores: 2, memoryMiB: 8_000, machine: 'abc', node: 'v24.0.0' },
  tools: [],
  commit: null,
  previousDrill: null,
  drillScript: null,
}

const against = (changes: Partial<RunFile>) =>
  foreignDifferences([
    { folder: 'runs/a', run },
    { folder: 'runs/b', run: { ...run, ...changes } },
  ]).map(({ what, base, other }) => `${what}: ${base} → ${other}`)

it.each<[reason: string, changes: Partial<RunFile>, told: string[]]>([
  ['the same again', { id: 'b' }, []],
  [
    'another machine',
    { environment: { ...run.environment, machine: 'def', cores: 4 } },
    ['environment.cores: 2 → 4', 'environment.machine: abc → def'],
  ],
  [
    'a fact that is not told',
    { environment: { cpu: 'Xeon', cores: 2, memoryMiB: 8_000, machine: 'abc' } },
    ['environment.node: v24.0.0 → not told'],
  ],
  ['a few MiB more after a restart', { environment: { ...run.environment, memoryMiB: 8_079 } }, []],
  ['more memory', { environment: { ...run.environment, memoryMiB: 8_081 } }, ['environment.memoryMiB: 8000 → 8081']],
  ['another load generator', { versions: { ...run.versions, k6: '1.9.0' } }, ['versions.k6: 1.8.0 → 1.9.0']],
  ['another Squall, of which a note tells', { versions: { ...run.versions, squall: '0.2.0' } }, []],
  ['another pace', { plan: { ...run.plan, load: { ...run.plan.load, paceMs: 500 } } }, ['load.paceMs: 1000 → 500']],
  ['a quick run', { plan: { ...run.plan, quick: true } }, ['load.quick: false → true']],
  [
    'a pool of which one server tells, and the other does not',
    { plan: { ...run.plan, observe: { ...run.plan.observe, pool: null } } },
    ['observe.pool: {"everyMs":250,"map":{}} → null'],
  ],
  [
    'a page of the pool that lies elsewhere',
    { plan: { ...run.plan, observe: { ...run.plan.observe, pool: { node: 's', path: '/m', everyMs: 250, map: {} } } } },
    [],
  ],
  [
    'a database that is looked at less often',
    { plan: { ...run.plan, observe: { ...run.plan.observe, databaseEveryMs: 5_000 } } },
    ['observe.databaseEveryMs: 1000 → 5000'],
  ],
  ['another seed', { seed: 2, plan: { ...run.plan, seed: 2 } }, []],
  [
    'another stack, which is what is compared',
    { plan: { ...run.plan, stack: { ...run.plan.stack, preset: 'x' } } },
    [],
  ],
])('%s', (_reason, changes, told) => {
  expect(against(changes)).toEqual(told)
})

it('files of arguments are told apart by what is in them, not by where they lie', () => {
  const drawing = (file: string, sha256?: string) => {
    const from = { kind: 'file', file, ...(sha256 === undefined ? {} : { sha256 }) }
    return { ...run.plan, load: { ...run.plan.load, with: { tools: { a: { weight: 1, from } } } } }
  }
  expect(foreignLoads(drawing('base/ids.csv', 'a1'), drawing('head/ids.csv', 'a1'), 'b')).toEqual([])
  expect(foreignLoads(drawing('ids.csv', 'a1'), drawing('ids.csv', 'b2'), 'b')).toMatchObject([{ what: 'load.with' }])
  // Of one that an older Squall recorded only the name is known.
  expect(foreignLoads(drawing('base/ids.csv'), drawing('head/ids.csv'), 'b')).toMatchObject([{ what: 'load.with' }])
})

it('a fault that one of them has not, of runs and of plans alike', () => {
  const without = { ...run.plan, faults: [] }
  expect(against({ plan: without })).toEqual([expect.stringMatching(/^faults\.slow: \{.*\} → not told$/)])
  expect(foreignLoads(run.plan, without, 'b')).toEqual([expect.objectContaining({ what: 'faults.slow', run: 'b' })])
  expect(foreignLoads(run.plan, run.plan, 'b')).toEqual([])
})

it('launch bounds, which say where windows end, are told where there are faults to recover from', () => {
  const bounded = { ...run.plan, objectives: launchObjectives }
  const told = ['launch.latencyMsP95Max: not told → 500', 'launch.errorRatioMax: not told → 0.05']
  expect(against({ plan: bounded })).toEqual(told)
  expect(foreignLoads(run.plan, bounded, 'b').map(({ what }) => what)).toEqual([
    'launch.latencyMsP95Max',
    'launch.errorRatioMax',
  ])
  const unharmed = { ...run.plan, faults: [] }
  expect(foreignLoads(unharmed, { ...unharmed, objectives: launchObjectives }, 'b')).toEqual([])
})

it('runs of one environment share a short hash, whatever their plan', () => {
  expect(environmentHash(run)).toMatch(/^[0-9a-f]{12}$/)
  expect(environmentHash({ ...run, plan: planOf() })).toBe(environmentHash(run))
  expect(environmentHash({ ...run, environment: { ...run.environment, cores: 3 } })).not.toBe(environmentHash(run))
})
