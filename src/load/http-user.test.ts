import { beforeEach, expect, test, vi } from 'vitest'

// k6's modules exist in k6 alone: here they are played.
const k6 = vi.hoisted(() => ({
  calls: 1,
  asked: [] as string[],
  begun: 0,
  ends: [] as (readonly unknown[])[],
  samples: false,
  answers: [] as (readonly unknown[])[],
  status: 200,
}))
vi.mock('k6/http', () => ({
  default: {
    setResponseCallback: () => undefined,
    request(_method: string, url: string) {
      k6.asked.push(url)
      return { status: k6.status, headers: {}, error: '', error_code: 0, body: 'fine' }
    },
  },
}))
vi.mock('k6/x/squall', () => ({
  default: {
    tools: ['a'],
    callTimeoutMs: 1_000,
    options: () => ({}),
    join: () => 7,
    target: () => 'http://there:8080',
    headers: () => ({ Authorization: 'Bearer t0ps3cret' }),
    ready: () => true,
    next: () => (k6.calls-- > 0 ? 0 : -1),
    begin: () => {
      k6.begun += 1
    },
    end: (...told: unknown[]) => k6.ends.push(told),
    sampled: () => k6.samples,
    answered: (...told: unknown[]) => k6.answers.push(told),
    rest: () => undefined,
    random: () => 0,
  },
}))

const user = '../../scenarios/lib/http-user.ts'

async function send(path: string): Promise<void> {
  const { userOf } = (await import(user)) as { userOf: (workload: object) => () => void }
  userOf({ name: 'w', requests: [{ name: 'a', weight: 1, request: () => ({ method: 'GET', path }) }] })()
}

beforeEach(() => {
  Object.assign(k6, { calls: 1, asked: [], begun: 0, ends: [], samples: false, answers: [], status: 200 })
})

test.each(['/', '/items?at=a@b', '//twice'])('%s is asked of the target', async (path) => {
  await send(path)
  expect(k6.asked).toEqual([`http://there:8080${path}`])
  expect(k6.ends).toEqual([['ok', undefined]])
})

test.each(['@evil.example/x', '.evil.example/x', '9/x', '', 'http://evil.example/'])(
  'what would lead elsewhere is not sent, since the token goes along: "%s"',
  async (path) => {
    await send(path)
    expect(k6.asked).toEqual([])
    expect(k6.begun).toBe(0)
    expect(k6.ends).toEqual([['generator_error', expect.stringContaining('must begin with /')]])
  },
)

test.each([
  { why: 'a good one', samples: true, status: 200, answers: [['/items?id=1 ', 'fine']] },
  { why: 'not one that failed', samples: true, status: 500, answers: [] },
  { why: 'not one that is no sample', samples: false, status: 200, answers: [] },
])('what was asked and answered is told of a sample: $why', async ({ samples, status, answers }) => {
  Object.assign(k6, { samples, status })
  await send('/items?id=1')
  expect(k6.answers).toEqual(answers)
})
