import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startFakeMcpServer } from './fake-mcp-server.ts'
import { type GeneratorRuns, generatorRuns, go, type Row, recorded } from './testing/generator-runs.ts'

let runs: GeneratorRuns
beforeAll(async () => {
  runs = await generatorRuns()
})
afterAll(() => runs[Symbol.dispose]())

describe('a session', () => {
  test('that the server forgot costs the call that finds out, and is opened anew for the next', async () => {
    await using server = await startFakeMcpServer()
    await using load = await runs.start(server.url)
    await load.ready
    go(load)
    await sleep(700)
    server.sessions.clear()
    await load.ended
    const { rows } = recorded(load.callsPath)
    const bad = rows.filter((row) => row.outcome !== 'ok')
    expect(bad.map((row) => [row.outcome, row.detail])).toEqual([['http_error', 'HTTP 404: no such session']])
    expect(rows.indexOf(bad[0] as Row)).toBeLessThan(rows.length - 1)
  })

  test('that cannot be opened again fails each call, until it can', async () => {
    await using server = await startFakeMcpServer()
    await using load = await runs.start(server.url)
    await load.ready
    go(load)
    await sleep(500)
    server.opening = 'refuse'
    server.sessions.clear()
    await sleep(800)
    server.opening = 'grant'
    await load.ended
    const { rows } = recorded(load.callsPath)
    const details = rows.map((row) => row.detail).filter((detail) => detail !== undefined)
    expect(details.length).toBeGreaterThan(2)
    expect(new Set(details)).toEqual(
      new Set(['HTTP 404: no such session', 'no session: initialize: HTTP 503: not today']),
    )
    expect(rows.at(-1)?.outcome).toBe('ok')
  })

  test('that cannot be opened ends the start with what the server said', async () => {
    await using server = await startFakeMcpServer()
    server.opening = 'refuse'
    await using load = await runs.start(server.url, { users: { first: 0, count: 3 } })
    await expect(load.ready).rejects.toThrow(/could not open a session.*HTTP 503: not today/)
    await expect(load.ready).rejects.toMatchObject({ kind: 'sessions', exitCode: 3 })
    expect((await load.ended).reason).toBe('aborted')
  })

  test('at a port where nobody listens says so', async () => {
    await using load = await runs.start('http://127.0.0.1:1/mcp')
    await expect(load.ready).rejects.toThrow('connection refused')
  })

  test('that a server never answers runs into the barrier, not into a wait without end', async () => {
    await using server = await startFakeMcpServer()
    server.opening = 'ignore'
    await using load = await runs.start(server.url, { barrierTimeoutMs: 800, callTimeoutMs: 30_000 })
    await expect(load.ready).rejects.toThrow('0 of 1 users had a session after 800 ms')
  })
})
