import { expect, it } from 'vitest'
import { callable } from './callable.ts'
import type { Memory, ToolUse } from './workload.ts'

/** A tool that takes its arguments from what another found. */
const tool = (name: string, after?: string): ToolUse => ({
  name,
  weight: 1,
  arguments: () => ({}),
  ...(after === undefined ? {} : { after, waits: (memory: Memory) => memory[after] === undefined }),
})
const tools = [
  tool('pay', 'list'),
  tool('list', 'search'),
  tool('search'),
  tool('round', 'about'),
  tool('about', 'round'),
]

/** What is called, and whether the generator is told that it is another tool's call. */
function called(slot: number, memory: Memory): readonly [tool: number, told: readonly number[]] {
  const told: number[] = []
  const tool = callable(tools, slot, memory, (instead) => told.push(instead))
  return [tool, told]
}

it('is the slot’s own where there is what it needs, or where it needs nothing', () => {
  expect(called(2, {})).toEqual([2, []])
  expect(called(1, { search: [1] })).toEqual([1, []])
})

it('is the source of what it lacks, and of what that lacks', () => {
  expect(called(1, {})).toEqual([2, [2]])
  expect(called(0, {})).toEqual([2, [2]])
  expect(called(0, { search: [1] })).toEqual([1, [1]])
})

it('is the slot’s own where sources wait for each other', () => {
  expect(called(3, {})).toEqual([3, []])
})
