import { describe, expect, it } from 'vitest'
import { readCatalogue } from '../../src/cli/catalogue.ts'
import { planFolder } from '../../src/plan/folder.ts'
import { loadPlan } from '../../src/plan/load-plan.ts'
import { noOverrides } from '../../src/plan/overrides.ts'
import { drillPrefix, drills, drillText } from './registry.ts'

const catalogue = await readCatalogue()
const inPlans = planFolder('plans', process.cwd())

describe.each([...drills])('%s', (name, drill) => {
  const { plan, problems } = loadPlan({
    plan: `${drillPrefix}${name}`,
    loadText: (asked, from) => drillText(asked) ?? inPlans(asked, from),
    catalogue,
    overrides: noOverrides,
  })

  it('is a plan without problems, that says what it expects', () => {
    expect(problems).toEqual([])
    expect(plan?.drill?.name).toBe(name)
    expect(drill.hypothesis).not.toBe('')
    expect(drill.steps.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['verify']))
  })

  it('bounds how long it takes until it works again, or what is lost, and has a schedule', () => {
    const judged = plan?.objectives.filter((objective) => objective.judged).map(({ measure }) => measure) ?? []
    expect(judged.some((measure) => /^(recovery|data|restore)\./.test(measure))).toBe(true)
    expect(plan?.drill?.every).not.toBeNull()
  })
})

it('nothing else is a drill', () => {
  expect(drillText('failover')).toBeNull()
  expect(drillText('drill:nobody')).toBeNull()
})
