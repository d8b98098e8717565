import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startFakeMcpServer } from './fake-mcp-server.ts'
import { type GeneratorRuns, generatorRuns, go, type Row, recorded, sent } from './testing/generator-runs.ts'

let runs: GeneratorRuns
beforeAll(async () => {
  runs = await generatorRuns()
})
afterAll(() => runs[Symbol.dispose]())

describe('a session', () => {
  test('is ended by its user with the load', async () => {
    await using server = await startFakeMcpServer()
    await using load = await runs.start(server.url, { users: { first: 0, count: 20 } })
    await load.ready
    expect(server.sessions.size).toBe(20)
    go(load)
    expect(await load.ended).toMatchObject({ reason: 'planned', exitCode: 0 })
    expect(server.sessions.size).toBe(0)
  })

  test('is ended by a user whose last call was cut, too', async () => {
    await using server = await startFakeMcpServer()
    server.answering = () => undefined // never
    await using load = await runs.start(server.url, { users: { first: 0, count: 20 }, drainMs: 50 })
    await load.ready
    go(load)
    expect(await load.ended).toMatchObject({ reason: 'planned', exitCode: 0 })
    expect(server.sessions.size).toBe(0)
  })

  test('whose end the server never answers keeps the load for a while, and no longer', async () => {
    await using server = await startFakeMcpServer()
    server.ending = 'ignore'
    await using load = await runs.start(server.url, { users: { first: 0, count: 200 } })
    await load.ready
    go(load)
    expect(await load.ended).toMatchObject({ reason: 'planned', exitCode: 0 })
    expect(recorded(load.callsPath).last.end?.t).toBeLessThan(12_000_000)
  })

  test('that the server forgot costs the call that finds out, and is opened anew for the next', async () => {
    await using server = await startFakeMcpServer()
    await using load = await runs.start(server.url)
    await load.ready
    go(load)
    await sleep(700)
    server.sessions.clear()
    await load.ended
    const { rows } = recorded(load.callsPath)
    const bad = sent(rows).filter((row) => row.outcome !== 'ok')
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

  test('that a server with a cap refuses to some fails the calls of those, until there is room for them', async () => {
    await using server = await startFakeMcpServer()
    server.sessionsMax = 2
    await using load = await runs.start(server.url, { users: { first: 0, count: 3 } })
    const why = expect.stringMatching(/^user \d: initialize: HTTP 503: not today$/)
    expect(await load.ready).toEqual({ users: 3, without: 1, why })
    go(load)
    await sleep(1_000)
    server.sessionsMax = 3
    expect(await load.ended).toMatchObject({ reason: 'planned', exitCode: 0 })
    const { rows } = recorded(load.callsPath)
    const refused = sent(rows).filter(({ outcome }) => outcome !== 'ok')
    expect(refused.length).toBeGreaterThan(2)
    expect(new Set(refused.map(({ user, outcome, detail }) => `${user} ${outcome} ${detail}`)).size).toBe(1)
    expect(refused[0]?.detail).toBe('no session: initialize: HTTP 503: not today')
    const theirs = sent(rows).filter(({ user }) => user === refused[0]?.user)
    expect(theirs.at(-1)?.outcome).toBe('ok')
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
