import { beforeEach, expect, test, vi } from 'vitest'

interface Asked {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: { readonly id?: string; readonly method: string; readonly params?: Record<string, unknown> }
}
interface Given {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly error?: string
  readonly result?: object
  readonly text?: string
}

// k6's modules exist in k6 alone: here they are played, with answers of a test's choosing.
const k6 = vi.hoisted(() => ({
  era: '',
  headers: {} as Record<string, string>,
  calls: 1,
  answer: (_asked: unknown): object => ({}),
  asked: [] as unknown[],
  ends: [] as (readonly unknown[])[],
  rests: [] as number[],
  samples: false,
  answers: [] as (readonly unknown[])[],
  slept: [] as number[],
  failed: [] as string[],
  goesWithout: false,
}))
vi.mock('k6', () => ({ sleep: (seconds: number) => k6.slept.push(seconds) }))
vi.mock('k6/http', () => ({
  default: {
    setResponseCallback: () => undefined,
    post(_url: string, text: string, { headers }: { headers: Record<string, string> }) {
      const body = JSON.parse(text)
      const asked = { method: body.method, headers, body }
      k6.asked.push(asked)
      const { status = 200, headers: told = {}, error = '', result, text: raw } = k6.answer(asked) as Given
      const said = raw ?? (result === undefined ? '' : JSON.stringify({ jsonrpc: '2.0', id: body.id, result }))
      return { status, headers: told, error, error_code: 0, body: said }
    },
    del(_url: string, body: null, { headers }: { headers: Record<string, string> }) {
      k6.asked.push({ method: 'DELETE', headers, body })
    },
  },
}))
vi.mock('k6/x/squall', () => ({
  default: {
    tools: ['a'],
    callTimeoutMs: 1_000,
    options: () => ({}),
    join: () => 7,
    target: () => 'http://there/mcp',
    era: () => k6.era,
    headers: () => k6.headers,
    ready: () => true,
    failed(why: string) {
      k6.failed.push(why)
      return k6.goesWithout
    },
    next: () => (k6.calls-- > 0 ? 0 : -1),
    begin: () => undefined,
    end: (...told: unknown[]) => k6.ends.push(told),
    sampled: () => k6.samples,
    answered: (...told: unknown[]) => k6.answers.push(told),
    rest: (ms: number) => k6.rests.push(ms),
    leave: () => true,
    left: () => undefined,
    random: () => 0,
  },
}))

const user = '../../scenarios/lib/user.ts'

async function play(
  answer: (asked: Asked) => Given,
  { era = '', headers = {}, calls = 1, samples = false, goesWithout = false } = {},
  check?: () => object | string,
): Promise<void> {
  Object.assign(k6, { era, headers, calls, samples, goesWithout, answer })
  const { userOf } = (await import(user)) as { userOf: (workload: object) => () => void }
  userOf({ name: 'w', tools: [{ name: 'a', weight: 1, arguments: () => ({ x: 1 }), check }] })()
}

beforeEach(() => {
  for (const list of [k6.asked, k6.ends, k6.rests, k6.slept, k6.failed, k6.answers]) list.length = 0
})

const methods = () => (k6.asked as Asked[]).map(({ method }) => method)
const opened: Given = { headers: { 'Mcp-Session-Id': 's1' }, result: { protocolVersion: '2025-06-18' } }
const listed: Given = { result: { resultType: 'complete', tools: [] } }
const fine: Given = { result: { content: [] } }
const legacy = ({ method }: Asked): Given =>
  method === 'initialize' ? opened : method === 'tools/call' ? fine : { status: method === 'tools/list' ? 400 : 202 }

test('a server of the stateless era that the harness has found: no request before the first call', async () => {
  await play(() => fine, { era: 'modern', headers: { 'X-Key': 'secret' } })
  expect(methods()).toEqual(['tools/call'])
  expect(k6.asked).toMatchObject([
    {
      headers: { 'Mcp-Name': 'a', 'X-Key': 'secret' },
      body: { params: { name: 'a', arguments: { x: 1 }, _meta: {} } },
    },
  ])
  expect(k6.ends).toEqual([['ok', undefined]])
})

test('a server with sessions that the harness has found: initialized at once', async () => {
  await play(legacy, { era: 'legacy', calls: 2 })
  expect(methods()).toEqual(['initialize', 'notifications/initialized', 'tools/call', 'tools/call', 'DELETE'])
  for (const at of [2, 4])
    expect(k6.asked[at]).toMatchObject({ headers: { 'Mcp-Session-Id': 's1', 'MCP-Protocol-Version': '2025-06-18' } })
})

test.each([
  {
    why: 'modern',
    answer: ({ method }: Asked) => (method === 'tools/list' ? listed : fine),
    expected: ['tools/list', 'tools/call'],
  },
  {
    why: 'legacy',
    answer: legacy,
    expected: ['tools/list', 'initialize', 'notifications/initialized', 'tools/call', 'DELETE'],
  },
])('nobody has found the era: the user does, $why', async ({ answer, expected }) => {
  await play(answer)
  expect(methods()).toEqual(expected)
  expect(k6.ends).toEqual([['ok', undefined]])
})

test('a session that was forgotten costs its call, and the next one opens another', async () => {
  let calls = 0
  const answer = (asked: Asked): Given =>
    asked.method === 'tools/call' && calls++ === 0 ? { status: 404, text: 'gone' } : legacy(asked)
  await play(answer, { era: 'legacy', calls: 2 })
  expect(k6.ends).toEqual([
    ['http_error', 'HTTP 404: gone'],
    ['ok', undefined],
  ])
  expect(methods().filter((method) => method === 'initialize')).toHaveLength(2)
})

test('who is told to wait waits as long as that, and no longer than the bound', async () => {
  const told = ['3', '86400'].values()
  await play(() => ({ status: 429, headers: { 'Retry-After': told.next().value ?? '' } }), { era: 'modern', calls: 2 })
  expect(k6.ends.map(([outcome]) => outcome)).toEqual(['rate_limited', 'rate_limited'])
  expect(k6.rests).toEqual([3_000, 60_000])
})

test('who is told to wait at the door comes again after that', async () => {
  const answers = [{ status: 429, headers: { 'Retry-After': '2' } }, opened, { status: 202 }, fine].values()
  await play(() => answers.next().value ?? {}, { era: 'legacy' })
  expect([k6.slept, k6.ends]).toEqual([[2], [['ok', undefined]]])
})

test('who is told to wait for long at the door does not keep the others: its calls ask again', async () => {
  const answers = [{ status: 429, headers: { 'Retry-After': '16' } }, opened, { status: 202 }, fine].values()
  await play(() => answers.next().value ?? {}, { era: 'legacy', goesWithout: true })
  expect([k6.slept, k6.rests, k6.failed]).toEqual([[], [16_000], ['initialize: HTTP 429']])
  expect([methods(), k6.ends]).toEqual([
    ['initialize', 'initialize', 'notifications/initialized', 'tools/call', 'DELETE'],
    [['ok', undefined]],
  ])
})

test('who has no session asks for one with each call, and ends none', async () => {
  await play(() => ({ status: 503, text: 'full' }), { era: 'legacy', calls: 2, goesWithout: true })
  expect(k6.failed).toEqual(['initialize: HTTP 503: full'])
  expect(k6.ends).toEqual(Array(2).fill(['http_error', 'no session: initialize: HTTP 503: full']))
  expect(methods()).toEqual(Array(3 + 2).fill('initialize'))
})

test('where there is no load there are no calls', async () => {
  await play(() => ({ status: 503 }), { era: 'legacy' })
  expect([k6.failed.length, k6.ends]).toEqual([1, []])
})

test('what proves who one is comes into no record, though the server quotes it', async () => {
  const headers = { Authorization: 'Bearer t0ps3cret' }
  const quote = ({ headers: shown }: Asked): Given => ({ status: 403, text: `no: ${shown.Authorization}` })
  await play(quote, { era: 'modern', headers })
  expect(k6.ends).toEqual([['http_error', 'HTTP 403: no: ***']])
  await play(quote, { era: 'legacy', headers })
  expect(k6.failed).toEqual(['initialize: HTTP 403: no: ***'])
})

test('a secret that is longer than what is quoted is told nowhere', async () => {
  const secret = 's3cret'.repeat(60)
  const headers = { Authorization: `Bearer ${secret}` }
  const said = { status: 401, text: `who is ${secret}?` }
  await play(() => said, { headers })
  await play(() => said, { headers, era: 'modern' })
  expect(k6.failed.join()).toContain('***')
  expect(k6.ends.join()).toContain('***')
  expect([...k6.failed, ...k6.ends].join()).not.toContain('s3cret')
})

const said = { result: { structuredContent: { name: 'Ada' } } }

test.each([
  { why: 'what the server calls good', answer: said, check: undefined, told: [['{"x":1}', '{"name":"Ada"}']] },
  {
    why: 'also where a check finds it wrong',
    answer: said,
    check: () => ({ wrong: 'x' }),
    told: [['{"x":1}', '{"name":"Ada"}']],
  },
  { why: 'no failure', answer: { result: { structuredContent: {}, isError: true } }, check: undefined, told: [] },
  { why: 'no refusal', answer: { status: 500 }, check: undefined, told: [] },
])('what was asked and answered is told of a sample: $why', async ({ answer, check, told }) => {
  await play(() => answer, { era: 'modern', samples: true }, check)
  expect(k6.answers).toEqual(told)
})

test('of what is no sample nothing is told', async () => {
  await play(() => said, { era: 'modern' })
  expect([k6.ends, k6.answers]).toEqual([[['ok', undefined]], []])
})
