import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AnswerRule } from '../domain/tool-plan.ts'
import { type AnswerRow, readAnswerRows } from '../record/reader-answers.ts'
import { bundleWorkload } from './bundle.ts'
import type { Collection } from './events.ts'
import { startFakeMcpServer } from './fake-mcp-server.ts'
import { count, type GeneratorRuns, generatorRuns, go, recorded, sent } from './testing/generator-runs.ts'
import { workloadFile } from './workload.ts'

let runs: GeneratorRuns
beforeAll(async () => {
  runs = await generatorRuns()
})
afterAll(() => runs[Symbol.dispose]())

describe('a run as planned', () => {
  test('opens no session before it is told that the system is up, and where', async () => {
    await using server = await startFakeMcpServer()
    await using load = await runs.start('', { users: { first: 0, count: 3 } })
    await sleep(1_000)
    expect(server.sessions.size).toBe(0)
    load.open(server.url)
    expect(await load.ready).toEqual({ users: 3, without: 0, why: null })
    expect(server.sessions.size).toBe(3)
  })

  test('tells of a sample of its answers whether they differ, and nothing of what is in them', async () => {
    await using server = await startFakeMcpServer()
    const answersPath = join(runs.folder, 'answers.ndjson')
    await using load = await runs.start(server.url, { users: { first: 0, count: 10 }, paceMs: 0, answersPath })
    await load.ready
    go(load)
    expect(await load.ended).toMatchObject({ reason: 'planned' })
    const rows: AnswerRow[] = []
    const { cut } = readAnswerRows(answersPath, 'answers', null, rows)
    expect(cut).toBeNull()
    // Of 2 s without a pace there are hundreds.
    expect(count(recorded(load.callsPath).rows, 'ok')).toBeGreaterThan(100)
    expect(rows.length).toBeGreaterThanOrEqual(64)
    expect(rows.length).toBeLessThanOrEqual(64 + 3)
    for (const { tool, asked, answer } of rows) expect([tool, asked]).toEqual(['echo', answer])
    // Without what was asked an echo says nothing.
    expect(rows.map(({ facts }) => facts)).toEqual(rows.map(() => 0))
    expect(new Set(rows.map(({ rest }) => rest)).size).toBe(1)
    expect(new Set(rows.map(({ asked }) => asked)).size).toBeGreaterThan(30)
    expect(readFileSync(answersPath, 'utf8')).not.toContain('hello')
  })

  test('tells of each time that it collects its garbage', async () => {
    await using server = await startFakeMcpServer()
    const garbage = { heapMaxBytes: 1, collectAtMs: [1_000] }
    await using load = await runs.start(server.url, { users: { first: 0, count: 10 }, paceMs: 0, garbage })
    const collections: Collection[] = []
    load.onCollected((collection) => collections.push(collection))
    await load.ready
    go(load)
    expect(await load.ended).toMatchObject({ reason: 'planned' })
    expect(collections.length).toBeGreaterThan(0)
    for (const { fromUs, tookUs } of collections) {
      expect(fromUs).toBeGreaterThan(-100_000)
      expect(fromUs + tookUs).toBeLessThan(60_000_000)
      expect(tookUs).toBeGreaterThan(0)
    }
  })

  test('is paced, complete, and the same again from the same seed', async () => {
    await using server = await startFakeMcpServer()
    const intended: string[] = []
    for (let turn = 0; turn < 2; turn++) {
      await using load = await runs.start(server.url, { users: { first: 100, count: 20 }, phases: ramp(20) })
      expect(await load.ready).toEqual({ users: 20, without: 0, why: null })
      go(load)
      const end = await load.ended
      const { rows, last, lines } = recorded(load.callsPath)
      expect(end).toEqual({ rows: rows.length, reason: 'planned', exitCode: 0 })
      expect(last.end).toMatchObject({ rows: rows.length, reason: 'planned' })
      expect(count(rows, 'ok')).toBe(sent(rows).length)
      expect(sent(rows).length).toBeGreaterThan(0.7 * rows.length)
      // 20 users for 2 s at one call each 200 ms, in a ramp of 1 s and a second of all.
      expect(rows.length).toBeGreaterThan(100)
      expect(rows.length).toBeLessThan(200)
      expect(lines.filter((line) => line.includes('"beat"')).length).toBeGreaterThanOrEqual(1)
      expect(rows.every((row) => (row.startedMs ?? 0) >= row.intendedMs)).toBe(true)
      expect(Math.min(...rows.map((row) => row.user))).toBe(100)
      intended.push(
        rows
          .map((row) => `${row.user}@${row.intendedMs}`)
          .toSorted()
          .join(),
      )
    }
    expect(intended[0]).toBe(intended[1])
  })

  test('lasts as long as planned although its users have nothing left to do', async () => {
    await using server = await startFakeMcpServer()
    const brief = { id: 'brief', startMs: 0, endMs: 300, usersFrom: 2, usersTo: 2 }
    const empty = { id: 'empty', startMs: 300, endMs: 1_500, usersFrom: 0, usersTo: 0 }
    await using load = await runs.start(server.url, { users: { first: 0, count: 2 }, phases: [brief, empty] })
    await load.ready
    go(load, 0)
    const startedMs = performance.now()
    expect((await load.ended).reason).toBe('planned')
    expect(performance.now() - startedMs).toBeGreaterThan(1_450)
  })
})

function ramp(users: number) {
  const [first, last] = [users + 100, users + 100]
  return [
    { id: 'up', startMs: 0, endMs: 1_000, usersFrom: 100, usersTo: last },
    { id: 'all', startMs: 1_000, endMs: 2_000, usersFrom: first, usersTo: last },
  ]
}

describe('a system that is too slow', () => {
  test('gets one waiting call, the slots behind it unsent, and what is open at the end cut as unknown', async () => {
    await using server = await startFakeMcpServer()
    server.answering = () => undefined // never
    await using load = await runs.start(server.url, { callTimeoutMs: 700, drainMs: 50 })
    await load.ready
    go(load)
    expect(await load.ended).toMatchObject({ reason: 'planned', exitCode: 0 })
    const { rows } = recorded(load.callsPath)
    const calls = sent(rows)
    expect(calls.map((row) => row.outcome)).toEqual(['timeout', 'timeout', 'unknown'])
    const [first, second, cut] = calls
    expect(first?.detail).toBe('request timeout')
    const tookMs = (first?.endedMs ?? 0) - (first?.startedMs ?? 0)
    expect(tookMs).toBeGreaterThan(690)
    expect(tookMs).toBeLessThan(1_000)
    expect(second?.readyMs).toBe(first?.endedMs)
    expect(second?.intendedMs).toBeLessThan(second?.readyMs ?? 0)
    expect(cut?.endedMs).toBeGreaterThan(2_040)
    const unsent = rows.filter((row) => row.outcome === 'unsent')
    expect(unsent.length).toBeGreaterThan(3)
    for (const row of unsent) {
      expect([first?.endedMs, second?.endedMs, cut?.endedMs]).toContain(row.readyMs)
      expect(row.intendedMs).toBeLessThan(2_000)
      expect(row.startedMs ?? row.endedMs).toBeNull()
    }
  })
})

test('a user that is told to wait beyond the end waits no longer than that', async () => {
  await using server = await startFakeMcpServer()
  server.answering = (_, response) => response.writeHead(429, { 'Retry-After': '40' }).end('slow down')
  await using load = await runs.start(server.url)
  await load.ready
  go(load)
  expect(await load.ended).toMatchObject({ reason: 'planned', exitCode: 0 })
  const { rows, last } = recorded(load.callsPath)
  expect(rows[0]?.outcome).toBe('rate_limited')
  expect(new Set(rows.slice(1).map((row) => row.outcome))).toEqual(new Set(['unsent']))
  expect(last.end?.t).toBeLessThan(30_000_000)
})

/** A workload whose arguments throw for the first and whose check doubts the second of its tools. */
const faulty = `
const named = (name, fields) => ({ name, weight: 1, arguments: () => ({}), ...fields })
export default { name: 'faulty', tools: [
  named('thrower', { arguments: () => { throw new TypeError('no customer left') } }),
  named('doubter', { check: () => ({ wrong: 'the total is off' }) }),
  named('degrader', { check: () => 'degraded' }),
] }`

test('a script that throws or doubts an answer is recorded as such, and its user goes on', async () => {
  const [source, script] = [join(runs.folder, 'faulty.ts'), join(runs.folder, 'faulty.js')]
  writeFileSync(source, faulty)
  await bundleWorkload(source, script)
  const tools = ['thrower', 'doubter', 'degrader'].map((name) => ({ name, weight: 1 }))
  await using server = await startFakeMcpServer()
  await using load = await runs.start(server.url, { tools, users: { first: 0, count: 4 } }, script)
  await load.ready
  go(load)
  expect(await load.ended).toMatchObject({ reason: 'planned', exitCode: 0 })
  const { rows } = recorded(load.callsPath)
  expect(new Set(sent(rows).map((row) => `${row.outcome}: ${row.detail}`))).toEqual(
    new Set(['generator_error: TypeError: no customer left', 'wrong_answer: the total is off', 'degraded: undefined']),
  )
  expect(rows.length).toBeGreaterThan(30)
})

/** Looks at an answer for 300 ms of processor time. */
const thorough = `
export default { name: 'thorough', tools: [{ name: 'echo', weight: 1, arguments: () => ({}), check: () => {
  const until = Date.now() + 300
  while (Date.now() < until);
  return 'ok'
} }] }`

test('what the script does with an answer is not the call’s time: the next call is late by the generator itself', async () => {
  const [source, script] = [join(runs.folder, 'thorough.ts'), join(runs.folder, 'thorough.js')]
  writeFileSync(source, thorough)
  await bundleWorkload(source, script)
  await using server = await startFakeMcpServer()
  await using load = await runs.start(server.url, { paceMs: 100 }, script)
  await load.ready
  go(load)
  await load.ended
  const sent = recorded(load.callsPath).rows.filter((row) => row.startedMs !== null && row.outcome === 'ok')
  expect(sent.length).toBeGreaterThan(1)
  for (const [at, row] of sent.slice(1).entries()) {
    const before = sent[at]?.endedMs ?? Number.NaN
    expect(row.readyMs).toBe(before)
    expect((row.startedMs ?? 0) - before).toBeGreaterThanOrEqual(299)
  }
})

describe('tools of the plan', () => {
  test('rows are shared by all users, and arguments come from an earlier answer of the same user', async () => {
    await using server = await startFakeMcpServer()
    const scriptPath = join(runs.folder, 'planned.js')
    // The server gives back what it is given: only whoever sent an id of these rows is told one.
    const isRow: AnswerRule = { at: '/id', test: { kind: 'is', values: [11, 12, 13] } }
    const common = { weight: 1, templates: [], expected: [], rules: { success: isRow, failed: null } }
    await bundleWorkload(workloadFile('mcp-tools'), scriptPath, [
      { ...common, name: 'list', rows: [{ id: 11 }, { id: 12 }, { id: 13 }], after: null },
      { ...common, name: 'get', templates: [{ id: '{id}' }], rows: null, after: { tool: 'list', at: '' } },
      { ...common, name: 'find', rows: null, after: { tool: 'get', at: '/nothing' } },
    ])
    const tools = [
      { name: 'list', weight: 1 },
      { name: 'get', weight: 3 },
      { name: 'find', weight: 3 },
    ]
    await using load = await runs.start(server.url, { users: { first: 0, count: 5 }, tools }, scriptPath)
    await load.ready
    go(load)
    await load.ended
    const { rows, lines } = recorded(load.callsPath)
    expect(rows.length).toBeGreaterThan(20)
    expect(count(rows, 'ok')).toBe(sent(rows).length)
    expect(sent(rows).length).toBeGreaterThan(0.7 * rows.length)
    // Nobody ever has what `find` needs: its slots are calls of the tool that might tell it.
    const ofTools = lines
      .map((line) => JSON.parse(line))
      .filter((row) => Array.isArray(row))
      .map(([, tool]) => tool)
    const names = lines.flatMap((line): string[] => {
      const { dict } = JSON.parse(line)
      return dict?.[0] === 'tool' ? [dict[2]] : []
    })
    const calls = (name: string) => ofTools.filter((tool) => tool === names.indexOf(name)).length
    expect(calls('find')).toBe(0)
    expect(calls('get')).toBeGreaterThan(2 * calls('list'))
  })
})
