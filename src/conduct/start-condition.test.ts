import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { SimulatedClock } from '../../tests/simulation/simulated-clock.ts'
import type { StartCondition } from '../domain/plan.ts'
import { comes } from './start-condition.ts'

const never = new AbortController().signal
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'squall-condition-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** What is appended to the calls and to the server's log, by the moment in ms. */
async function wait(condition: StartCondition, appended: Readonly<Record<number, readonly [string, string]>>) {
  const clock = new SimulatedClock(0)
  const files = {
    callsFile: join(folder, 'calls'),
    databaseFile: join(folder, 'database'),
    logFilesOf: (node: string) =>
      (node === 'server' ? ['server'] : ['api-1', 'api-2']).map((id) => join(folder, `${id}.log`)),
  }
  const writing = Object.entries(appended).map(async ([atMs, [file, text]]) => {
    await clock.sleep(Number(atMs))
    appendFileSync(join(folder, file), text)
  })
  const came = comes(condition, files, clock, 1_000_000, never).then((has) => ({
    has,
    atMs: clock.monotonicUs() / 1_000,
  }))
  const result = await clock.runUntil(came)
  await clock.runUntil(Promise.all(writing))
  return result
}

it('counts calls that have ended, not what else is in the stream', async () => {
  const rows = {
    100: ['calls', '{"stream":"calls","columns":["user","ended"]}\n[1,10]\n{"beat":[1]}\n[1,null]\n'],
    280: ['calls', '[2,20]\n[3,30]\n'],
  } as const
  expect(await wait({ kind: 'calls', count: 3 }, rows)).toEqual({ has: true, atMs: 300 })
})

it('gives up at the end of its time', async () => {
  expect(await wait({ kind: 'calls', count: 3 }, { 100: ['calls', '{"columns":["ended"]}\n[1]\n[2]\n'] })).toEqual({
    has: false,
    atMs: 1_000,
  })
})

it('finds a text that comes in two pieces', async () => {
  const lines = { 120: ['server.log', 'a migr'], 220: ['server.log', 'ation begins\n'] } as const
  expect(await wait({ kind: 'log', node: 'server', text: 'migration begins' }, lines)).toEqual({ has: true, atMs: 250 })
})

it('finds a text in the log of any instance, and not half of it in two', async () => {
  const lines = {
    120: ['api-1.log', 'a migr'],
    220: ['api-2.log', 'ation begins\n'],
    320: ['api-1.log', 'ation begins'],
  } as const
  expect(await wait({ kind: 'log', node: 'api', text: 'migration begins' }, lines)).toEqual({ has: true, atMs: 350 })
  const second = { 120: ['api-2.log', 'migration begins\n'] } as const
  expect(await wait({ kind: 'log', node: 'api', text: 'migration begins' }, second)).toEqual({ has: true, atMs: 150 })
})

it('does not take what was in the log before', async () => {
  appendFileSync(join(folder, 'server.log'), 'migration begins\n')
  const lines = { 120: ['server.log', 'something else\n'] } as const
  expect(await wait({ kind: 'log', node: 'server', text: 'migration begins' }, lines)).toMatchObject({ has: false })
})

it('waits for a replica that is behind now, not for one that was', async () => {
  const header = '{"stream":"database","columns":["t","took","error","startedAt","written","followers"]}\n'
  const row = (tS: number, written: number, replayed: number) =>
    `${JSON.stringify([tS * 1e6, 500, null, 'a', written, [['r', replayed]]])}\n`
  // Behind by 3 s at 4 s, and back; then by 2 s at 9 s.
  const before = [row(0, 10, 10), row(1, 20, 10), row(4, 20, 10), row(5, 20, 20), row(6, 20, 20)]
  appendFileSync(join(folder, 'database'), header + before.join(''))
  const rows = { 120: ['database', row(7, 30, 20)], 220: ['database', row(9, 30, 20)] } as const
  expect(await wait({ kind: 'lag', ms: 2_000 }, rows)).toEqual({ has: true, atMs: 250 })
})
