import { describe, expect, it } from 'vitest'
import type { Plan } from '../../domain/plan.ts'
import { planFolder, planNames } from '../../plan/folder.ts'
import { loadPlan, type PlanResult } from '../../plan/load-plan.ts'
import { noOverrides } from '../../plan/overrides.ts'
import { assets, root } from '../assets.ts'
import { readCatalogue } from '../catalogue.ts'

const catalogue = await readCatalogue()
const loadText = planFolder(assets.plans, root)

function load(plan: string, quick = false): PlanResult {
  return loadPlan({ plan, loadText, catalogue, overrides: { ...noOverrides, quick } })
}

function planOf(name: string, quick = false): Plan {
  const { plan, problems } = load(name, quick)
  expect(problems).toEqual([])
  if (plan === null) throw new Error(`${name} is no plan`)
  return plan
}

function lengthMs(plan: Plan): number {
  return plan.load.phases.at(-1)?.endMs ?? 0
}

const names = planNames(assets.plans)
const runnable = names.filter((name) => name !== 'base')
const gates = ['launch-gate', 'as-assessed', 'interim']

describe('the plans that come with Squall', () => {
  it('are those that the documentation names', () => {
    expect(names).toEqual([
      'as-assessed',
      'base',
      'database-direct',
      'fail-over',
      'http-api',
      'instances',
      'interim',
      'launch-gate',
      'smoke',
    ])
  })

  it.each(runnable)('%s is valid against what there really is', (name) => {
    expect(planOf(name).name).toBe(name)
  })

  it('base lacks its load, and nothing else', () => {
    expect(load('base').problems.map(({ path }) => path)).toEqual(['load.phases'])
  })

  it.each(gates)('%s asks the same of its own preset', (name) => {
    const gate = planOf('launch-gate')
    const plan = planOf(name)
    expect(plan.stack.preset).toBe(name === 'launch-gate' ? 'remediated' : name)
    expect({ ...plan, name: gate.name, stack: gate.stack }).toEqual(gate)
  })

  it.each(gates)('%s fits in 5 minutes, and in 90 seconds when quick, with start and end', (name) => {
    // With 8 s to start, and 3 s to rest and judge; a system with open calls at the end takes up to 5 s more to drain.
    expect(lengthMs(planOf(name))).toBeLessThanOrEqual(280_000)
    expect(lengthMs(planOf(name, true))).toBeLessThanOrEqual(79_000)
  })

  it.each(gates)('%s gives every fault 8 s and every recovery 6.5 s when quick, one after the other', (name) => {
    const { faults } = planOf(name, true)
    expect(faults.map(({ fault }) => fault)).toEqual(['latency', 'reset', 'down', 'black-hole'])
    for (const [index, { startMs, forMs, recoveryMs }] of faults.entries()) {
      expect(forMs).toBeGreaterThanOrEqual(8_000)
      expect(recoveryMs).toBeGreaterThanOrEqual(6_500)
      const next = faults[index + 1]?.startMs ?? Number.POSITIVE_INFINITY
      expect(startMs + forMs + recoveryMs).toBeLessThanOrEqual(next)
    }
  })

  it.each(runnable)('%s loses no time of a recovery to another fault', (name) => {
    expect(load(name).advice.map(({ id }) => id)).not.toContain('recovery-cut-short')
  })
})
