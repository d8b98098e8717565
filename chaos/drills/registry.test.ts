import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readCatalogue } from '../../src/cli/catalogue.ts'
import { planFolder } from '../../src/plan/folder.ts'
import { loadPlan } from '../../src/plan/load-plan.ts'
import { noOverrides } from '../../src/plan/overrides.ts'
import { drillPrefix, drills, drillText } from './registry.ts'

const catalogue = await readCatalogue()
const inPlans = planFolder('plans', process.cwd())

describe.each([...drills])('%s', (name, drill) => {
  const { plan, problems, advice } = loadPlan({
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

  it('is warned of nothing: what is wrong with it is mended here, not told to whoever runs it', () => {
    expect(advice.filter(({ severity }) => severity === 'warning')).toEqual([])
  })

  it('bounds how long it takes until it works again, or what is lost, and has a schedule', () => {
    const judged = plan?.objectives.filter((objective) => objective.judged).map(({ measure }) => measure) ?? []
    expect(judged.some((measure) => /^(recovery|data|restore)\./.test(measure))).toBe(true)
    expect(plan?.drill?.every).not.toBeNull()
  })
})

it('docs/drills.md has a row for each', () => {
  const page = readFileSync('docs/drills.md', 'utf8')
  for (const [name, { plan }] of drills) {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\` `))
    expect(row, `| \`${name}\` | … in docs/drills.md`).toBeDefined()
    expect(row).toContain((plan.drill as { every: string }).every)
  }
})

it('each file is a drill of the registry, under its name', () => {
  const shared = ['data-gone.ts', 'drill.ts', 'parts.ts', 'registry.ts', 'registry.test.ts', 'ADDING_A_DRILL.md']
  const files = readdirSync(import.meta.dirname).filter((name) => !shared.includes(name))
  expect(files.sort()).toEqual([...drills.keys()].map((name) => `${name}.ts`).sort())
})

it('nothing else is a drill', () => {
  expect(drillText('failover')).toBeNull()
  expect(drillText('drill:nobody')).toBeNull()
})
