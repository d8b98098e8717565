import { expect, test } from 'vitest'
import { paceFor } from './pace.ts'
import type { TriedTool } from './trials.ts'

const tool = (name: string) => ({ name, inputSchema: {}, annotations: {} })
const took = (name: string, tookMs: number): TriedTool => ({
  tool: tool(name),
  state: 'usable',
  sets: [{}],
  from: null,
  note: null,
  tookMs,
})
const off: TriedTool = { tool: tool('off'), state: 'failing', why: 'timeout', sent: {} }

test.each([
  { why: 'nothing is in use', tools: [off], paceSeconds: 1, users: 10, slowest: null },
  { why: 'all are quick', tools: [took('a', 5), took('b', 1_000)], paceSeconds: 1, users: 10, slowest: null },
  {
    why: 'one of many is slow',
    tools: [took('a', 5), took('b', 1_500), took('c', 5)],
    paceSeconds: 3,
    users: 30,
    slowest: 'b',
  },
  { why: 'a little more than half a pace', tools: [took('a', 1_531)], paceSeconds: 4, users: 26, slowest: 'a' },
  { why: 'all are slow', tools: [took('a', 4_000), took('b', 4_000), off], paceSeconds: 10, users: 25, slowest: 'a' },
  { why: 'as slow as a trial may be', tools: [took('a', 10_000)], paceSeconds: 20, users: 20, slowest: 'a' },
])('each user waits for twice the slowest answer: $why', ({ tools, paceSeconds, users, slowest }) => {
  const pace = paceFor(tools)
  expect(pace).toMatchObject({ paceSeconds, users })
  expect(pace.slowest?.name ?? null).toBe(slowest)
})
