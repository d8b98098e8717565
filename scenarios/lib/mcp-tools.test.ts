import { describe, expect, test } from 'vitest'
import mcpTools from '../mcp-tools.ts'
import { prime, sourcesOf } from './prime.ts'
import type { Memory, PlannedTool, Random, ToolUse } from './workload.ts'

/** Always the share `at` of what there is to choose from. */
const randomAt = (at: number): Random => ({
  next: () => at,
  int: (min, max) => min + Math.floor(at * (max - min + 1)),
  pick: (items) => items[Math.floor(at * items.length)] as (typeof items)[number],
})

const planned = (name: string, more: Partial<PlannedTool> = {}): PlannedTool => ({
  name,
  weight: 1,
  templates: [],
  rows: null,
  after: null,
  expected: [],
  ...more,
})

function useOf(tools: readonly PlannedTool[], name: string) {
  const use = mcpTools(tools).tools.find((each) => each.name === name)
  if (use === undefined) throw new Error(`no ${name}`)
  return use
}

describe('arguments', () => {
  const rows = [{ id: 1 }, { id: 2 }]
  test.each<{ why: string; tool: Partial<PlannedTool>; sent: object }>([
    { why: 'none', tool: {}, sent: {} },
    { why: 'one of the sets, as it is', tool: { templates: [{ a: 1 }, { a: '{id}' }] }, sent: { a: '{id}' } },
    { why: 'a row itself', tool: { rows }, sent: { id: 2 } },
    { why: 'a template with a row', tool: { rows, templates: [{ n: '{id}' }] }, sent: { n: 2 } },
  ])('$why', ({ tool, sent }) => {
    expect(useOf([planned('a', tool)], 'a').arguments(randomAt(0.9), {})).toEqual(sent)
  })
})

describe('arguments from an earlier answer', () => {
  const tools = [
    planned('search'),
    planned('get', { after: { tool: 'search', at: '/hits' }, templates: [{ key: '{id}' }] }),
    planned('parts', { after: { tool: 'get', at: '' } }),
  ]

  test('come from the newest answer that had any', () => {
    const memory: Memory = {}
    const search = useOf(tools, 'search')
    const get = useOf(tools, 'get')
    expect(() => get.arguments(randomAt(0), memory)).toThrow('no answer of search had anything at "/hits"')
    expect(search.check?.({ hits: [{ id: 'a' }, { id: 'b' }] }, {}, memory)).toBe('ok')
    expect(get.arguments(randomAt(0.9), memory)).toEqual({ key: 'b' })
    search.check?.({ hits: [] }, {}, memory)
    search.check?.('an answer without a list', {}, memory)
    expect(get.arguments(randomAt(0), memory)).toEqual({ key: 'a' })
    search.check?.({ hits: [{ id: 'c' }] }, {}, memory)
    expect(get.arguments(randomAt(0), memory)).toEqual({ key: 'c' })
  })

  test('are asked for once before the load, each after what it needs itself', () => {
    expect(sourcesOf(mcpTools(tools.toReversed()).tools).map(({ name }) => name)).toEqual(['search', 'get'])
    const memory: Memory = {}
    const sent: string[] = []
    const answers: Record<string, object> = { search: { hits: [{ id: 'a' }] }, get: { part: 'x' } }
    const answer = ({ name }: ToolUse, id: string, args: object) => {
      sent.push(`${name} ${JSON.stringify(args)}`)
      const result = { structuredContent: answers[name] }
      return { status: 200, body: JSON.stringify({ jsonrpc: '2.0', id, result }) }
    }
    prime(mcpTools(tools).tools, answer, 3, memory)
    expect(sent).toEqual(['search {}', 'get {"key":"a"}'])
    expect(useOf(tools, 'parts').arguments(randomAt(0), memory)).toEqual({ part: 'x' })
  })

  test('a source that fails leaves nothing, and no user is lost', () => {
    const memory: Memory = {}
    let calls = 0
    prime(mcpTools(tools).tools, () => ({ status: 500, body: String(++calls) }), 1, memory)
    expect(calls).toBe(1)
    expect(memory).toEqual({})
  })
})
