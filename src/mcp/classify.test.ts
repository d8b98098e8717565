import { describe, expect, test } from 'vitest'
import type { Outcome } from '../domain/outcome.ts'
import type { AnswerRule, ToolRules } from '../domain/tool-plan.ts'
import { type Classified, classify, classifySilence } from './classify.ts'

const id = '7-1'
const rpc = (fields: object) => JSON.stringify({ jsonrpc: '2.0', id, ...fields })
const result = (fields: object) => rpc({ result: fields })
const said = (content: unknown) => result({ content: [{ type: 'text', text: JSON.stringify(content) }] })
const failed = (text: string) => result({ isError: true, content: [{ type: 'text', text }] })

interface Row {
  readonly why: string
  readonly status?: number
  readonly body: string | null
  readonly expected?: readonly string[]
  readonly outcome: Outcome
  readonly detail?: string
  readonly content?: unknown
}

const rows: readonly Row[] = [
  {
    why: 'a text that is JSON is the content, parsed',
    body: said({ id: 3 }),
    outcome: 'ok',
    content: { id: 3 },
  },
  {
    why: 'a text that is not JSON is the content as it is',
    body: result({ content: [{ type: 'text', text: 'sunny' }] }),
    outcome: 'ok',
    content: 'sunny',
  },
  {
    why: 'structured content is what a program reads, so it wins over the text',
    body: result({ structuredContent: { a: 1 }, content: [{ type: 'text', text: 'a is one' }] }),
    outcome: 'ok',
    content: { a: 1 },
  },
  {
    why: 'a picture alone is an answer with nothing to read in it',
    body: result({ content: [{ type: 'image', data: '', mimeType: 'image/png' }] }),
    outcome: 'ok',
    content: null,
  },
  {
    why: 'the same answer may come as an event stream, with notifications before it',
    body: `event: message\ndata: {"jsonrpc":"2.0","method":"notifications/progress"}\n\nevent: message\ndata: ${said([1])}\n\n`,
    outcome: 'ok',
    content: [1],
  },
  {
    why: 'a database outage comes as HTTP 200 with isError',
    body: failed('QueuePool limit of size 10 overflow 20 reached, connection timed out'),
    outcome: 'tool_error',
    detail: 'QueuePool limit of size 10 overflow 20 reached, connection timed out',
  },
  {
    why: 'a failure that has a code and a message is told by both',
    body: failed('{"code":"pool_exhausted","message":"no connection in 30 s"}'),
    outcome: 'tool_error',
    detail: 'pool_exhausted: no connection in 30 s',
  },
  {
    why: 'a code that the workload declares normal is no error, whether by isError …',
    body: failed('{"code":"not_found","message":"no customer 12"}'),
    expected: ['not_found'],
    outcome: 'expected',
    content: { code: 'not_found', message: 'no customer 12' },
  },
  {
    why: '… or by a status field',
    body: said({ status: 'error', error: { code: 'version_conflict', message: 'have 3' } }),
    expected: ['version_conflict'],
    outcome: 'expected',
    content: { status: 'error', error: { code: 'version_conflict', message: 'have 3' } },
  },
  {
    why: 'another code than the declared ones stays an error',
    body: failed('{"code":"not_allowed"}'),
    expected: ['not_found'],
    outcome: 'tool_error',
    detail: 'not_allowed',
  },
  {
    why: 'a tool that catches everything says failed with HTTP 200 and without isError',
    body: said({ status: 'failed', error: 'connection refused' }),
    outcome: 'application_error',
    detail: 'connection refused',
  },
  { why: 'status: error means the same', body: said({ status: 'error' }), outcome: 'application_error' },
  { why: 'status: failure means the same', body: said({ status: 'failure' }), outcome: 'application_error' },
  { why: 'so does success: false', body: said({ success: false, message: 'no' }), outcome: 'application_error' },
  { why: 'success: true says nothing bad', body: said({ success: true }), outcome: 'ok', content: { success: true } },
  {
    why: 'a customer whose status is churned is data, no failure',
    body: said({ status: 'churned' }),
    outcome: 'ok',
    content: { status: 'churned' },
  },
  {
    why: 'a failed status deeper down is about something else than this call',
    body: said({ last_sync: { status: 'failed' } }),
    outcome: 'ok',
    content: { last_sync: { status: 'failed' } },
  },
  {
    why: 'an answer with a stated loss of quality is degraded',
    body: said({ status: 'degraded', reason: 'Zendesk is down' }),
    outcome: 'degraded',
    detail: 'Zendesk is down',
    content: { status: 'degraded', reason: 'Zendesk is down' },
  },
  {
    why: 'an unknown tool is a JSON-RPC error with HTTP 200',
    body: rpc({ error: { code: -32602, message: 'Unknown tool' } }),
    outcome: 'rpc_error',
    detail: 'JSON-RPC error -32602: Unknown tool',
  },
  {
    why: 'an error for a request too broken to have an id carries null',
    body: '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}}',
    outcome: 'rpc_error',
    detail: 'JSON-RPC error -32700: Parse error',
  },
  {
    why: "another request's answer is not this one's, however good it looks",
    body: '{"jsonrpc":"2.0","id":"7-2","result":{"content":[{"type":"text","text":"1"}]}}',
    outcome: 'wrong_answer',
    detail: "the answer carries another request's id",
  },
  {
    why: "an id of another type is another request's",
    body: '{"jsonrpc":"2.0","id":7,"result":{"content":[]}}',
    outcome: 'wrong_answer',
  },
  { why: 'a body cut in the middle is no answer', body: '{"jsonrpc":"2.0","id"', outcome: 'wrong_answer' },
  { why: 'an empty body with HTTP 200 is no answer', body: '', outcome: 'wrong_answer' },
  { why: 'k6 gives null for a body that it did not get', body: null, outcome: 'wrong_answer' },
  { why: 'a proxy’s page of HTML with HTTP 200 is no answer', body: '<html>', outcome: 'wrong_answer' },
  {
    why: 'an event stream that ends before the answer, with a notification in it',
    body: 'data:\n\ndata: {"jsonrpc":"2.0","method":"notifications/progress"}\n\n',
    outcome: 'wrong_answer',
    detail: 'the answer is neither JSON nor an event stream with an answer',
  },
  { why: 'a result without content breaks the protocol', body: result({}), outcome: 'wrong_answer' },
  { why: '202 is for notifications; a call wants an answer', status: 202, body: '', outcome: 'wrong_answer' },
  {
    why: 'rate limits are 429',
    status: 429,
    body: 'slow down',
    outcome: 'rate_limited',
    detail: 'HTTP 429: slow down',
  },
  {
    why: 'any other status is an HTTP error, even with a good-looking body',
    status: 503,
    body: said({ id: 3 }),
    outcome: 'http_error',
  },
  {
    why: "a status with a JSON-RPC error is told by the error's own words",
    status: 404,
    body: '{"jsonrpc":"2.0","id":null,"error":{"code":-32001,"message":"Session not found"}}',
    outcome: 'http_error',
    detail: 'HTTP 404: Session not found',
  },
  {
    why: 'redirects are not followed and no answers',
    status: 302,
    body: '',
    outcome: 'http_error',
    detail: 'HTTP 302',
  },
]

describe('classify', () => {
  test.each(rows)('$why', ({ status = 200, body, expected, outcome, detail, content }) => {
    const got: Classified = classify(status, body, id, expected)
    expect(got.outcome).toBe(outcome)
    if (detail !== undefined) expect(got.detail).toBe(detail)
    expect(got.content).toEqual(content)
    // What is not right must say why; what is right has nothing to say.
    expect(got.detail !== undefined).toBe(outcome !== 'ok' && outcome !== 'expected')
  })

  test('a dump of a server’s memory does not go into a detail', () => {
    expect(classify(500, 'x'.repeat(1_000_000), id).detail?.length).toBeLessThan(400)
  })
})

describe('classifySilence', () => {
  test.each([
    { timedOut: true, error: 'request timeout', outcome: 'timeout', detail: 'request timeout' },
    { timedOut: false, error: 'dial: connection refused', outcome: 'transport', detail: 'dial: connection refused' },
    {
      // Every connection has its own port; the texts must be one kind.
      timedOut: false,
      error: 'read tcp 127.0.0.1:45232->127.0.0.1:8080: read: connection reset by peer',
      outcome: 'transport',
      detail: 'read tcp read: connection reset by peer',
    },
    { timedOut: false, error: '', outcome: 'transport', detail: 'no answer' },
  ])('$error', ({ timedOut, error, outcome, detail }) => {
    expect(classifySilence(timedOut, error)).toEqual({ outcome, detail })
  })
})

describe('rules of the tool itself', () => {
  const at = (test: AnswerRule['test']): AnswerRule => ({ at: '/state', test })
  const rules = (more: Partial<ToolRules>): ToolRules => ({ success: null, failed: null, ...more })
  const answered = (content: object, given: ToolRules, expected?: readonly string[]) =>
    classify(200, JSON.stringify({ jsonrpc: '2.0', id: 1, result: { structuredContent: content } }), 1, expected, given)

  test.each<{ why: string; given: ToolRules; content: object; outcome: string }>([
    {
      why: 'success holds',
      given: rules({ success: at({ kind: 'is', values: ['done', 'queued'] }) }),
      content: { state: 'queued' },
      outcome: 'ok',
    },
    {
      why: 'success does not hold',
      given: rules({ success: at({ kind: 'is', values: ['done'] }) }),
      content: { state: 'broken' },
      outcome: 'application_error',
    },
    {
      why: 'nothing there is no success',
      given: rules({ success: at({ kind: 'present', present: true }) }),
      content: {},
      outcome: 'application_error',
    },
    {
      why: 'failed holds',
      given: rules({ failed: at({ kind: 'isNot', values: ['done'] }) }),
      content: { state: 'lost' },
      outcome: 'application_error',
    },
    {
      why: 'they stand in place of the usual ones',
      given: rules({ failed: at({ kind: 'present', present: true }) }),
      content: { status: 'failed', success: false },
      outcome: 'ok',
    },
  ])('$why', ({ given, content, outcome }) => {
    expect(answered(content, given).outcome).toBe(outcome)
  })

  test('the detail says what was found, and a code may be normal', () => {
    const given = rules({ success: at({ kind: 'is', values: ['done'] }) })
    expect(answered({ state: 'lost' }, given).detail).toBe('no success: /state is "lost"')
    expect(answered({ state: 'lost', code: 'gone' }, given, ['gone']).outcome).toBe('expected')
  })

  test('isError is an error whatever they say', () => {
    const body = JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      result: { isError: true, structuredContent: { state: 'done' } },
    })
    expect(classify(200, body, 1, undefined, rules({ success: at({ kind: 'is', values: ['done'] }) })).outcome).toBe(
      'tool_error',
    )
  })
})

describe('a secret that the server quotes', () => {
  const secret = 's3cret'.repeat(60)
  const shown = { Authorization: `Bearer ${secret}` }
  const result = (fields: object) => JSON.stringify({ jsonrpc: '2.0', id: 1, result: fields })
  const said = `who is ${secret}?`
  test.each([
    { where: 'a body', status: 401, body: said },
    {
      where: 'an error',
      status: 200,
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, error: { code: 1, message: said } }),
    },
    { where: 'a failed answer', status: 200, body: result({ isError: true, content: [{ type: 'text', text: said }] }) },
    { where: 'a degraded one', status: 200, body: result({ structuredContent: { status: 'degraded', reason: said } }) },
  ])('is out of the detail before that is cut: $where', ({ status, body }) => {
    const { detail } = classify(status, body, 1, undefined, undefined, shown)
    expect(detail).toContain('who is ***?')
    expect(detail).not.toContain('s3cret')
  })
  test('an error of the way is no exception', () => {
    expect(classifySilence(false, `lost: ${said}`, shown).detail).toBe('lost: who is ***?')
  })
})
