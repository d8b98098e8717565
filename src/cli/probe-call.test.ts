import { expect, test } from 'vitest'
import type { ToolUse } from '../../scenarios/lib/workload.ts'
import { probeCallOf } from './probe-call.ts'

const tool = (name: string, weight: number, more: Partial<ToolUse> = {}): ToolUse => ({
  name,
  weight,
  arguments: () => ({ of: name }),
  ...more,
})
const needsAnAnswer = () => {
  throw new Error('no answer yet')
}

const probed = (tools: readonly ToolUse[], weights: Readonly<Record<string, number>>) =>
  probeCallOf(
    { name: 'w', tools },
    Object.entries(weights).map(([name, weight]) => ({ name, weight })),
  )

test("the probe calls what the plan calls most, whatever the workload's own weights are", () => {
  expect(probed([tool('a', 8), tool('b', 1)], { a: 1, b: 2 })).toEqual({ tool: 'b', arguments: { of: 'b' } })
})

test('a tool that is off is not called, be it the only one', () => {
  expect(probed([tool('delete', 8), tool('b', 1)], { delete: 0, b: 1 })?.tool).toBe('b')
  expect(probed([tool('delete', 8), tool('b', 1)], { b: 1 })?.tool).toBe('b')
  expect(probed([tool('delete', 8)], { delete: 0 })).toBeNull()
})

test('one that needs an earlier answer leaves the probe to the next', () => {
  const tools = [tool('c', 1, { after: 'a' }), tool('b', 1, { arguments: needsAnAnswer }), tool('a', 1)]
  expect(probed(tools, { a: 1, b: 2, c: 3 })?.tool).toBe('a')
  expect(probed(tools, { b: 2, c: 3 })).toBeNull()
})
