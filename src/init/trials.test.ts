import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../domain/json.ts'
import type { Classified } from '../mcp/classify.ts'
import type { Consent } from './consent.ts'
import type { DiscoveredTool } from './discovered-tool.ts'
import { generateArguments } from './generate-arguments.ts'
import { endlessMax, fitMsMax, silencesMax, trialsMax, trialsMsMax } from './limits.ts'
import { tryTools } from './trials.ts'

const readOnly = { readOnlyHint: true }
const tool = (name: string, properties: JsonObject = {}, annotations: JsonObject = readOnly): DiscoveredTool => ({
  name,
  inputSchema: { type: 'object', properties, required: Object.keys(properties) },
  annotations,
})

interface Sent {
  readonly name: string
  readonly args: object
}

/** What the tools answer: content, an outcome, or no answer at all. */
type Answers = (name: string, args: object) => Classified

async function trying(
  tools: readonly DiscoveredTool[],
  answers: Answers = () => ({ outcome: 'ok', content: {} }),
  consent: Partial<Consent> = {},
  callMs = 10,
) {
  const calls: Sent[] = []
  let nowMs = 0
  const slept: number[] = []
  const tried = await tryTools({
    tools,
    generated: new Map(tools.map(({ name, inputSchema }) => [name, generateArguments(inputSchema, 1)])),
    consent: { tools: new Set(), writes: false, ...consent },
    caller: {
      callTool: async (name, args) => {
        calls.push({ name, args })
        nowMs += callMs
        return answers(name, args)
      },
    },
    nowMs: () => nowMs,
    sleep: async (ms) => void slept.push(ms),
    signal: new AbortController().signal,
    onTrial: () => undefined,
  })
  return { calls, slept, tried, states: Object.fromEntries(tried.map((each) => [each.tool.name, each.state])) }
}

describe('consent', () => {
  const annotated: readonly (readonly [string, JsonObject])[] = [
    ['reads', { readOnlyHint: true }],
    ['says-nothing', {}],
    ['writes', { readOnlyHint: false, destructiveHint: false }],
    ['destroys', { readOnlyHint: false, destructiveHint: true }],
    ['says-both', { readOnlyHint: true, destructiveHint: true }],
    ['lies', { readOnlyHint: 'true' }],
  ]
  const tools = annotated.map(([name, annotations]) => tool(name, {}, annotations))

  test.each<{ why: string; consent: Partial<Consent>; called: readonly string[] }>([
    { why: 'without a word only what says that it only reads', consent: {}, called: ['reads'] },
    { why: 'by name, whatever it says', consent: { tools: new Set(['destroys']) }, called: ['reads', 'destroys'] },
    {
      why: 'writes, and never what says that it destroys',
      consent: { writes: true },
      called: ['reads', 'says-nothing', 'writes', 'lies'],
    },
  ])('$why', async ({ consent, called }) => {
    const { calls, tried } = await trying(tools, undefined, consent)
    expect(calls.map(({ name }) => name)).toEqual(called)
    for (const { tool: each, state } of tried) expect(state).toBe(called.includes(each.name) ? 'usable' : 'not_allowed')
  })
})

describe('what an answer decides', () => {
  test.each<{ outcome: Classified['outcome']; takes: JsonObject; state: string }>([
    { outcome: 'ok', takes: {}, state: 'usable' },
    { outcome: 'degraded', takes: {}, state: 'usable' },
    { outcome: 'tool_error', takes: { q: { type: 'string' } }, state: 'needs_arguments' },
    { outcome: 'application_error', takes: { q: { type: 'string' } }, state: 'needs_arguments' },
    { outcome: 'rpc_error', takes: { q: { type: 'string' } }, state: 'needs_arguments' },
    { outcome: 'tool_error', takes: {}, state: 'failing' },
    { outcome: 'wrong_answer', takes: {}, state: 'failing' },
    { outcome: 'http_error', takes: { q: { type: 'string' } }, state: 'failing' },
    { outcome: 'rate_limited', takes: {}, state: 'failing' },
  ])('$outcome of a tool with $takes: $state', async ({ outcome, takes, state }) => {
    const { tried, calls } = await trying([tool('a', takes)], () => ({ outcome, detail: 'the words' }))
    expect(calls).toHaveLength(1)
    expect(tried).toMatchObject([{ state }])
    if (state !== 'usable') expect(tried).toMatchObject([{ why: expect.stringContaining('the words') }])
  })

  test('no arguments, no call', async () => {
    const { calls, states } = await trying([tool('a', { x: false })])
    expect(calls).toEqual([])
    expect(states).toEqual({ a: 'needs_arguments' })
  })
})

describe('ids from earlier answers', () => {
  const get = tool('get_customer', { customer_id: { type: 'string' }, note: { type: 'string', default: '{id}' } })
  const list = tool('list_customers')
  const listed: Answers = (name, args) => {
    if (name === 'list_customers') return { outcome: 'ok', content: { customers: [{ id: 'c-17', name: 'Ada' }] } }
    if (name === 'get_order') return { outcome: 'ok', content: {} }
    return 'customer_id' in args && args.customer_id === 'c-17'
      ? { outcome: 'ok', content: { orders: [{ order_id: 5 }] } }
      : { outcome: 'tool_error', detail: 'not found' }
  }

  test('are asked for first, and the plan does the same', async () => {
    const { calls, tried } = await trying([get, list], listed)
    expect(calls).toEqual([
      { name: 'list_customers', args: {} },
      { name: 'get_customer', args: { customer_id: 'c-17', note: '{id}' } },
    ])
    expect(tried[0]).toMatchObject({
      state: 'usable',
      sets: [{ customer_id: '{id}', note: '{{id}}' }],
      from: { answer: 'list_customers', at: '/customers' },
    })
  })

  test('from one to the next', async () => {
    const order = tool('get_order', { order_id: { type: 'integer' } })
    const { calls, tried } = await trying([order, get, list], listed)
    expect(calls.map(({ name }) => name)).toEqual(['list_customers', 'get_customer', 'get_order'])
    expect(calls[2]?.args).toEqual({ order_id: 5 })
    expect(tried[0]).toMatchObject({
      from: { answer: 'get_customer', at: '/orders' },
      sets: [{ order_id: '{order_id}' }],
    })
  })

  test.each<{ why: string; name: string; takes: JsonObject }>([
    { why: 'about something else', name: 'get_ticket', takes: { ticket_id: { type: 'string' } } },
    { why: 'an id of nobody knows what', name: 'get_ticket', takes: { id: { type: 'string' } } },
    { why: 'of another type', name: 'get_customer', takes: { customer_id: { type: 'integer' } } },
    {
      why: 'with an example of its own',
      name: 'get_customer',
      takes: { customer_id: { type: 'string', examples: ['c-1'] } },
    },
    {
      why: 'with a pattern that it does not fit',
      name: 'get_customer',
      takes: { customer_id: { type: 'string', pattern: '^x-[0-9]+$' } },
    },
  ])('$why: not taken', async ({ name, takes }) => {
    const { calls } = await trying([tool(name, takes), list], listed)
    expect(calls.find((call) => call.name === name)?.args).not.toMatchObject({ [Object.keys(takes)[0] ?? '']: 'c-17' })
  })

  test.each<{ why: string; takes: JsonObject }>([
    { why: 'of the id', takes: { customer_id: { type: 'string', pattern: '^c-[0-9]+$' } } },
    { why: 'below an allOf', takes: { customer_id: { type: 'string', allOf: [{ pattern: '^(c|x)-' }] } } },
    {
      why: 'of names',
      takes: { customer_id: { type: 'string' }, more: { type: 'object', patternProperties: { '^x': {} } } },
    },
  ])('with a pattern that it fits: $why', async ({ takes }) => {
    const { tried } = await trying([tool('get_customer', takes), list], listed)
    expect(tried[0]).toMatchObject({ state: 'usable', from: { answer: 'list_customers', at: '/customers' } })
  })

  test('a pattern that never ends on what the server itself answers is stopped, once for each of three tools', async () => {
    const endless = { type: 'string', pattern: '^(a|(a+)+)$', minLength: 1 }
    const asks = Array.from({ length: 6 }, (_, index) => tool(`get_customer_${index}`, { customer_id: endless }))
    const answer = { customer_id: `${'a'.repeat(40)}b` }
    const begunMs = performance.now()
    const { tried } = await trying([...asks, list, tool('list_more')], () => ({
      outcome: 'ok',
      content: Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`list${index}`, [answer]])),
    }))
    expect(performance.now() - begunMs).toBeLessThan(endlessMax * fitMsMax + 3_000)
    expect(tried[0]).toMatchObject({ state: 'usable', from: null })
  }, 30_000)

  test('a row of the whole answer, and a list at the top', async () => {
    const whole = await trying([get, tool('current_customer')], (name) => ({
      outcome: 'ok',
      content: name === 'current_customer' ? { customer_id: 'me' } : {},
    }))
    expect(whole.tried[0]).toMatchObject({ from: { answer: 'current_customer', at: '' } })
    const top = await trying([get, list], () => ({ outcome: 'ok', content: [{ customer_id: 'x' }] }))
    expect(top.tried[0]).toMatchObject({
      from: { answer: 'list_customers', at: '' },
      sets: [{ customer_id: '{customer_id}' }],
    })
  })
})

describe('bounds', () => {
  const many = Array.from({ length: trialsMax + 20 }, (_, index) => tool(`t${index}`))

  test('so many tools', async () => {
    const { calls, tried } = await trying(many)
    expect(calls).toHaveLength(trialsMax)
    expect(tried.at(-1)).toMatchObject({ state: 'not_tried', why: expect.stringContaining(`${trialsMax}`) })
  })

  test('so long', async () => {
    const { calls, tried } = await trying(many, undefined, {}, trialsMsMax / 2.5)
    expect(calls).toHaveLength(3)
    expect(tried[3]).toMatchObject({ state: 'not_tried' })
  })

  test('a server that is gone is left alone, one that misses an answer is not', async () => {
    const silent: Answers = () => {
      throw new Error('no answer')
    }
    const gone = await trying(many, silent)
    expect(gone.calls).toHaveLength(silencesMax)
    expect(gone.tried[0]).toMatchObject({ state: 'failing', why: 'no answer' })
    expect(gone.tried[silencesMax]).toMatchObject({ state: 'not_tried' })
    let count = 0
    const everyOther = await trying(many.slice(0, 10), (...call) => (++count % 2 ? silent(...call) : { outcome: 'ok' }))
    expect(everyOther.calls).toHaveLength(10)
  })

  test('a server that limits rates is waited for', async () => {
    const limited = { outcome: 'rate_limited', detail: 'slow down', retryAfterMs: 60_000 } as const
    expect((await trying(many.slice(0, 1), () => limited)).slept).toEqual([10_000])
  })
})

test('what a trial took is told: from the call to its answer', async () => {
  const { tried } = await trying([tool('slow')], () => ({ outcome: 'ok', content: {} }), {}, 1_500)
  expect(tried).toMatchObject([{ state: 'usable', tookMs: 1_500 }])
})
