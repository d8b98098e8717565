import { expect, test } from 'vitest'
import type { JsonObject } from '../domain/json.ts'
import type { Classified } from '../mcp/classify.ts'
import { generateArguments } from './generate-arguments.ts'
import { moreFailuresMax, moreMsMax, moreTookMsMax, questionsMax } from './limits.ts'
import { askMore } from './more-questions.ts'
import type { TriedTool } from './trials.ts'

const readOnly = { readOnlyHint: true }
const free = { id: { type: 'integer', minimum: 1, maximum: 1_000_000 } }

function usable(name: string, properties: JsonObject = free, annotations: JsonObject = readOnly): TriedTool {
  const inputSchema = { type: 'object', properties, required: Object.keys(properties) }
  const sets = [{ id: 0 }]
  return { tool: { name, inputSchema, annotations }, state: 'usable', sets, from: null, note: null, tookMs: 10 }
}

const setsOf = (tried: TriedTool | undefined): readonly JsonObject[] => (tried?.state === 'usable' ? tried.sets : [])

async function asking(tried: readonly TriedTool[], answer: () => Classified = () => ({ outcome: 'ok' }), callMs = 1) {
  const asked: { name: string; args: object }[] = []
  let nowMs = 0
  const found = await askMore({
    tried,
    generated: new Map(tried.map(({ tool }) => [tool.name, generateArguments(tool.inputSchema, 1)])),
    caller: {
      async callTool(name, args) {
        asked.push({ name, args })
        nowMs += callMs
        return answer()
      },
    },
    nowMs: () => nowMs,
    signal: new AbortController().signal,
  })
  return { asked, found }
}

test('what is answered well joins the plan, each question once', async () => {
  const { asked, found } = await asking([usable('get')])
  expect(asked).toHaveLength(questionsMax - 1)
  expect(setsOf(found[0])).toEqual([{ id: 0 }, ...asked.map(({ args }) => args)])
  expect(new Set(asked.map(({ args }) => JSON.stringify(args))).size).toBe(asked.length)
})

test.each<[why: string, tried: TriedTool]>([
  ['may write', usable('get', free, {})],
  ['has nothing to ask for', usable('list', {})],
  ['takes rows of an answer', { ...usable('get'), from: { answer: 'list', at: '' } } as TriedTool],
  ['is slow', { ...usable('get'), tookMs: moreTookMsMax + 1 } as TriedTool],
  ['is off', { tool: usable('get').tool, state: 'not_tried', why: 'no time', sets: [{ id: 1 }] }],
])('a tool that %s is not asked for more', async (_why, tried) => {
  const { asked, found } = await asking([tried])
  expect([asked, found]).toEqual([[], [tried]])
})

test('of what is not there a few are asked for, and none joins the plan', async () => {
  const { asked, found } = await asking([usable('get')], () => ({ outcome: 'tool_error', detail: 'no such id' }))
  expect(asked).toHaveLength(moreFailuresMax)
  expect(setsOf(found[0])).toEqual([{ id: 0 }])
})

test('a server that does not answer is a failure, too', async () => {
  const { asked, found } = await asking([usable('get')], () => {
    throw new Error('timeout')
  })
  expect([asked.length, setsOf(found[0])]).toEqual([moreFailuresMax, [{ id: 0 }]])
})

test('all together have a bound', async () => {
  const { asked } = await asking([usable('a'), usable('b')], undefined, moreMsMax / 4)
  expect(asked).toHaveLength(4)
})
