import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startFakeMcpServer } from './fake-mcp-server.ts'
import { count, type GeneratorRuns, generatorRuns, go, recorded, sent } from './testing/generator-runs.ts'

let runs: GeneratorRuns
beforeAll(async () => {
  runs = await generatorRuns()
})
afterAll(() => runs[Symbol.dispose]())

describe('an end before its time', () => {
  test('stop() ends the run in order: nothing new starts, open calls are answered', async () => {
    await using server = await startFakeMcpServer()
    await using load = await runs.start(server.url, { users: { first: 0, count: 10 } })
    await load.ready
    const wentMs = performance.now()
    go(load, 0)
    await sleep(600)
    load.stop()
    const stoppedMs = performance.now()
    expect(await load.ended).toMatchObject({ reason: 'stopped', exitCode: 0 })
    const { rows, last } = recorded(load.callsPath)
    expect(last.end?.reason).toBe('stopped')
    expect(count(rows, 'ok')).toBe(sent(rows).length)
    expect(sent(rows).length).toBeGreaterThan(0.7 * rows.length)
    const lastMs = Math.max(...rows.map((row) => row.intendedMs))
    expect(lastMs).toBeLessThan(stoppedMs - wentMs + 400)
  })

  test('a harness that goes away takes the load with it, and the stream says so', async () => {
    await using server = await startFakeMcpServer()
    const load = await runs.start(server.url)
    await load.ready
    go(load)
    await sleep(400)
    await load[Symbol.asyncDispose]()
    expect((await load.ended).reason).toBe('aborted')
    expect(recorded(load.callsPath).last.end?.reason).toBe('aborted')
  })

  test('SIGTERM ends the stream in order too', async () => {
    await using server = await startFakeMcpServer()
    await using load = await runs.start(server.url)
    await load.ready
    go(load)
    await sleep(400)
    process.kill(load.pid, 'SIGTERM')
    expect((await load.ended).reason).toBe('aborted')
    expect(recorded(load.callsPath).last.end?.reason).toBe('aborted')
  })

  test('kill -9 leaves whole lines and no end', async () => {
    await using server = await startFakeMcpServer()
    await using load = await runs.start(server.url, { users: { first: 0, count: 50 }, paceMs: 20 })
    await load.ready
    go(load)
    await sleep(1_200)
    process.kill(load.pid, 'SIGKILL')
    expect(await load.ended).toEqual({ rows: null, reason: 'died', exitCode: null })
    const { rows, last } = recorded(load.callsPath)
    expect(rows.length).toBeGreaterThan(500)
    expect(last.end).toBeUndefined()
  })

  test('a script that k6 cannot run is told with its words', async () => {
    await using server = await startFakeMcpServer()
    await using load = await runs.start(server.url, { tools: [{ name: 'no_such_tool', weight: 1 }] })
    await expect(load.ready).rejects.toThrow(/: workload echo has no tool "no_such_tool"$/)
  })
})
