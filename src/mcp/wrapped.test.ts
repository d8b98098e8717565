import { describe, expect, test } from 'vitest'
import type { ToolRules } from '../domain/tool-plan.ts'
import { endOfAnswer } from '../ledger/tool-lane.ts'
import { classify } from './classify.ts'
import { atAnswer } from './wrapped.ts'

const id = '7-1'
const failing = { status: 'failed', error: 'no database connection became free' }
const failingText = JSON.stringify(failing)
const text = (said: string) => ({ content: [{ type: 'text', text: said }] })
const classified = (result: object, expected?: readonly string[], rules?: ToolRules) =>
  classify(200, JSON.stringify({ jsonrpc: '2.0', id, result }), id, expected, rules)

describe('a failure told in a wrapper', () => {
  // As mcp.server.fastmcp of the Python SDK (1.10 and later) answers for each kind of return type.
  test.each<{ why: string; result: object }>([
    { why: '-> str with JSON in it', result: { ...text(failingText), structuredContent: { result: failingText } } },
    {
      why: '-> str with JSON that was made for readers',
      result: { structuredContent: { result: `\n${JSON.stringify(failing, null, 2)}` } },
    },
    { why: '-> dict | None', result: { ...text(failingText), structuredContent: { result: failing } } },
    { why: 'without any text beside it', result: { structuredContent: { result: failing } } },
    {
      why: 'that has a field result itself',
      result: {
        ...text(JSON.stringify({ result: 1, ...failing })),
        structuredContent: { result: { result: 1, ...failing } },
      },
    },
    { why: 'no structure at all, said as null', result: { ...text(failingText), structuredContent: null } },
  ])('$why', ({ result }) => {
    expect(classified(result)).toEqual({
      outcome: 'application_error',
      detail: 'no database connection became free',
    })
  })

  test('is no acknowledged write', () => {
    const answer = classified({ ...text(failingText), structuredContent: { result: failingText } })
    expect(endOfAnswer(200, answer).outcome).toBe('unknown')
  })

  test('has its code and its message told, and a declared one is expected', () => {
    const said = '{"code":"not_found","message":"no customer 12"}'
    const result = { isError: true, ...text(said), structuredContent: { result: said } }
    expect(classified(result)).toEqual({ outcome: 'tool_error', detail: 'not_found: no customer 12' })
    expect(classified(result, ['not_found'])).toEqual({ outcome: 'expected', content: { result: said } })
  })

  test('is degraded where it says so, with the content as it was sent', () => {
    const structuredContent = { result: { status: 'degraded', reason: 'Zendesk is down' } }
    expect(classified({ structuredContent })).toEqual({
      outcome: 'degraded',
      detail: 'Zendesk is down',
      content: structuredContent,
    })
  })
})

describe('what is no failure', () => {
  test.each<{ why: string; result: object }>([
    { why: 'rows of which one has a failed status', result: { structuredContent: { result: [failing, {}] } } },
    { why: 'such rows as text', result: { structuredContent: { result: `[${failingText}]` } } },
    { why: 'a result among other fields', result: { structuredContent: { result: failing, id: 3 } } },
    {
      why: 'a field result of the tool itself: it is in the text, too',
      result: { ...text(JSON.stringify({ result: failing })), structuredContent: { result: failing } },
    },
    { why: 'the same without a structure', result: text(JSON.stringify({ result: failing })) },
    { why: 'words', result: { ...text('failed'), structuredContent: { result: 'failed' } } },
    { why: 'what only looks like JSON', result: { structuredContent: { result: '{status: failed}' } } },
    { why: 'nothing', result: { content: [], structuredContent: { result: null } } },
  ])('$why', ({ result }) => {
    expect(classified(result).outcome).toBe('ok')
  })

  test('the content is handed on as the server sent it', () => {
    const structuredContent = { result: '{"items":[]}' }
    expect(classified({ structuredContent })).toEqual({ outcome: 'ok', content: structuredContent })
  })

  test('null beside no content at all is no answer', () => {
    expect(classified({ structuredContent: null }).outcome).toBe('wrong_answer')
  })
})

describe('pointers of a plan', () => {
  test.each<{ why: string; content: Parameters<typeof atAnswer>[0]; at: string; found: unknown }>([
    { why: 'as the server sent it', content: { result: { x: 1 } }, at: '/result/x', found: 1 },
    { why: 'its text as it is', content: { result: '{"x":1}' }, at: '/result', found: '{"x":1}' },
    { why: 'in what it wraps', content: { result: { x: 1 } }, at: '/x', found: 1 },
    { why: 'in the text that it wraps', content: { result: '{"x":[{"id":2}]}' }, at: '/x/0/id', found: 2 },
    { why: 'nothing is there either', content: { result: '{"x":1}' }, at: '/y', found: undefined },
    { why: 'no wrapper', content: { result: { x: 1 }, more: 1 }, at: '/x', found: undefined },
  ])('$why', ({ content, at, found }) => {
    expect(atAnswer(content, at)).toEqual(found)
  })

  test('a rule on a field of the answer holds through the wrapper', () => {
    const failed = { at: '/error', test: { kind: 'present', present: true } } as const
    const rules = { success: null, failed }
    const structuredContent = { result: '{"error":"connection refused","code":"down"}' }
    expect(classified({ structuredContent }, undefined, rules)).toEqual({
      outcome: 'application_error',
      detail: 'failed: /error is "connection refused"',
    })
    expect(classified({ structuredContent }, ['down'], rules).outcome).toBe('expected')
  })
})
