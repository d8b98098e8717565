import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Failure } from '../failure.ts'
import { Pool } from '../pool/pool.ts'
import { FakeDatabase } from '../testing/fake-connection.ts'
import { runTool } from './run-tool.ts'
import { type Answer, changeTool } from './tool.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const unwatched = {
  changed() {},
  waited() {},
  timedOut() {},
  checkedOut() {},
  held() {},
  created() {},
  closed() {},
}

function setUp(run: () => Promise<Answer>) {
  const limits = { size: 1, maxOverflow: 0, acquireTimeoutMs: 0, recycleMs: 0, prePing: false }
  const pool = new Pool(limits, unwatched, new FakeDatabase().connect)
  return { pool, tool: changeTool({ name: 'try_it', description: '', input: {}, run }) }
}

/** Throws these codes one after the other, then answers. */
function failing(...codes: ('deadlock' | 'not_found')[]): () => Promise<Answer> {
  return async () => {
    const code = codes.shift()
    if (code !== undefined) throw new Failure(code, code)
    return { fine: true }
  }
}

it.each([
  [[], true, 0, 'no deadlock'],
  [['deadlock'], true, 100, 'one try more, after 0.1 s'],
  [['deadlock', 'deadlock'], true, 300, 'the third try, after 0.2 s more'],
  [['deadlock', 'deadlock', 'deadlock'], false, 300, 'not a fourth'],
  [['not_found'], false, 0, 'nothing else is tried again'],
] as const)('%j ends with ok=%s after %s ms: %s', async (codes, ok, waitedMs, _why) => {
  const { pool, tool } = setUp(failing(...codes))
  const sinceMs = performance.now()
  let endedMs = Number.NaN
  const result = runTool(pool, tool, {}, 0).finally(() => {
    endedMs = performance.now()
  })
  await vi.advanceTimersByTimeAsync(1_000)
  expect((await result).ok).toBe(ok)
  expect(endedMs - sinceMs).toBe(waitedMs)
  expect(pool.counts.used).toBe(0)
})

it('gives up at its limit while it waits for a connection', async () => {
  const { pool, tool } = setUp(() => new Promise(() => {}))
  void runTool(pool, tool, {}, 0)
  const late = runTool(pool, tool, {}, 500)
  await vi.advanceTimersByTimeAsync(500)
  expect(await late).toMatchObject({ ok: false, failure: { code: 'tool_timeout' } })
  expect(pool.counts).toEqual({ used: 1, idle: 0, opening: 0, pending: 0 })
})
