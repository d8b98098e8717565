import { describe, expect, test } from 'vitest'
import mcpTools from '../mcp-tools.ts'
import { prime } from './prime.ts'
import { slotRandom } from './slots.ts'
import type { JsonObject, Memory, PlannedTool, ToolUse } from './workload.ts'

const planned = (name: string, more: Partial<PlannedTool>): PlannedTool => ({
  ...{ name, weight: 1, templates: [], rows: null, after: null, expected: [] },
  ...more,
})

const states = ['open', 'archived', 'closed', 'lost', 'new']
const search = planned('search', { templates: states.map((status) => ({ status })) })
const get = planned('get_ticket', { templates: [{ id: '{id}' }], after: { tool: 'search', at: '/items' } })

/** A server that has tickets of one state alone. Answers what the user then asks for first, and what was sent. */
function primed(state: string, user: number, answer: (found: object) => object = (found) => found, tookMs = 1) {
  const { tools } = mcpTools([search, get])
  const memory: Memory = {}
  const sent: string[] = []
  const send = (_: ToolUse, id: string, args: object) => {
    const { status } = args as JsonObject
    sent.push(String(status))
    const structuredContent = { items: status === state ? [{ id: 7 }] : [] }
    const timings = { duration: tookMs }
    return { status: 200, timings, body: JSON.stringify({ jsonrpc: '2.0', id, result: answer({ structuredContent }) }) }
  }
  prime(tools, send, user, memory)
  const first = () =>
    tools[1]?.arguments(
      slotRandom(() => 0.3),
      memory,
    )
  return { first, sent }
}

describe('a source of which not every set of arguments finds something', () => {
  test.each(states)('gives every user a row before the load where there are only some that are %s', (state) => {
    for (let user = 0; user < 50; user++) expect(primed(state, user).first(), `user ${user}`).toEqual({ id: 7 })
  })

  test('is asked no more once it has', () => {
    const { sent } = primed('open', 0)
    expect(sent).toEqual(['open'])
    for (let user = 0; user < 50; user++)
      expect(primed('new', user).sent.indexOf('new')).toBe(primed('new', user).sent.length - 1)
  })

  test('is asked so often at most, and then the call says what is missing', () => {
    const { sent, first } = primed('none', 3)
    expect(sent).toHaveLength(8)
    expect(new Set(sent)).toEqual(new Set(states))
    expect(first).toThrow('no answer of search had anything at "/items"')
  })

  test('is asked no more once that has taken 5 s: all users are to be ready within a minute', () => {
    expect(primed('none', 3, undefined, 2_000).sent).toHaveLength(3)
    expect(primed('none', 3, undefined, 30_000).sent).toHaveLength(1)
  })

  test('is left alone once it fails', () => {
    expect(primed('none', 3, () => ({ isError: true, content: [] })).sent).toHaveLength(1)
  })
})

test('rows come out of the wrapper that FastMCP puts around an answer', () => {
  const { first } = primed('open', 0, ({ structuredContent }: { structuredContent?: object }) => ({
    structuredContent: { result: JSON.stringify(structuredContent) },
  }))
  expect(first()).toEqual({ id: 7 })
})
