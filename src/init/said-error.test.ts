import { expect, test } from 'vitest'
import type { JsonObject } from '../domain/json.ts'
import { toolComment } from './plan-tool.ts'
import { tryTools } from './trials.ts'

/** What stands in the plan above a tool whose trial answered so. */
async function commentOn(content: JsonObject | string, outcome: 'ok' | 'degraded' = 'ok'): Promise<string | null> {
  const tool = { name: 'search', inputSchema: { type: 'object' }, annotations: { readOnlyHint: true } }
  const [tried] = await tryTools({
    tools: [tool],
    generated: new Map([['search', { kind: 'sets', sets: [{}], more: [] }]]),
    consent: { tools: new Set(), writes: false },
    caller: { callTool: async () => ({ outcome, content }) },
    nowMs: () => 0,
    sleep: async () => undefined,
    signal: new AbortController().signal,
    onTrial: () => undefined,
  })
  if (tried === undefined) throw new Error('nothing was tried')
  expect(tried.state).toBe('usable')
  return toolComment(tried)
}

test.each<{ why: string; content: JsonObject; said: string }>([
  { why: 'a text', content: { error: 'connection refused' }, said: 'connection refused' },
  {
    why: 'in the wrapper of a text',
    content: { result: '{"error":"connection refused"}' },
    said: 'connection refused',
  },
  { why: 'an object', content: { error: { code: 7 } }, said: '{"code":7}' },
])('an error that counts as right is named, with the line that makes it a failure: $why', async ({ content, said }) => {
  expect(await commentOn(content)).toBe(
    `counts as working, though its trial answered with an error: ${said}. If that is a failure:  failed: {at: /error, present: true}`,
  )
})

test.each<{ why: string; content: JsonObject | string }>([
  { why: 'none', content: { items: [] } },
  { why: 'null', content: { error: null } },
  { why: 'an empty text', content: { error: '' } },
  { why: 'no errors', content: { error: [] } },
  { why: 'not so', content: { error: false } },
  { why: 'a text without fields', content: 'error: none' },
])('nothing is said of an answer without an error: $why', async ({ content }) => {
  expect(await commentOn(content)).toBeNull()
})
