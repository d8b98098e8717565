import { describe, expect, it } from 'vitest'
import workload from '../../scenarios/customer-success.ts'
import type { Random } from '../../scenarios/lib/workload.ts'
import { allTools, toolsByCategory } from './catalogue.ts'
import { categories } from './tool.ts'
import { ArgumentChecks } from './validate.ts'

describe('catalogue', () => {
  it('has the number of tools that each category was promised, 54 in all, each with a name of its own', () => {
    const sizes = Object.fromEntries(Object.entries(toolsByCategory).map(([name, tools]) => [name, tools.length]))
    expect(sizes).toEqual(categories)
    expect(new Set(allTools.map(({ name }) => name)).size).toBe(54)
  })

  it('refuses arguments that nobody declared, and names every problem', () => {
    const checks = new ArgumentChecks(allTools)
    const [tool] = allTools
    if (tool === undefined) throw new Error('no tool')
    expect(() => checks.apply(tool, { customer_id: 0, other: 1 })).toThrow(/must be >= 1.*|additional/s)
    expect(() => checks.apply(tool, {})).toThrow("must have required property 'customer_id'")
  })
})

describe('the workload', () => {
  it('draws only arguments that the tools accept', () => {
    const checks = new ArgumentChecks(allTools)
    const byName = new Map(allTools.map((tool) => [tool.name, tool]))
    for (const use of workload.tools) {
      const tool = byName.get(use.name)
      if (tool === undefined) throw new Error(`no tool ${use.name}`)
      for (const edge of [0, 0.25, 0.5, 0.75, 1 - 2 ** -53]) {
        expect(() => checks.apply(tool, { ...use.arguments(constant(edge), {}) }), use.name).not.toThrow()
      }
    }
  })

  it('reads about three times as often as it writes', () => {
    const access = new Map(allTools.map((tool) => [tool.name, tool.access]))
    const weigh = (kind: string) =>
      workload.tools.filter(({ name }) => access.get(name) === kind).reduce((sum, { weight }) => sum + weight, 0)
    expect(weigh('read') / weigh('write')).toBeGreaterThan(2)
    expect(weigh('read') / weigh('write')).toBeLessThan(4)
  })
})

/** Always the same number, so that both ends of every range are drawn. */
function constant(value: number): Random {
  return {
    next: () => value,
    int: (min, max) => min + Math.floor(value * (max - min + 1)),
    pick: (items) => {
      const item = items[Math.floor(value * items.length)]
      if (item === undefined) throw new Error('nothing to pick from')
      return item
    },
  }
}
