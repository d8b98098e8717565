import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Command } from 'commander'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CliContext } from '../context.ts'
import { graver } from '../exit-code.ts'
import { previousDrill } from '../past-drills.ts'
import { failover, judgedRun, recordRun } from '../testing/past-run.ts'
import { historyCommand } from './history.ts'
import { verifyEvidenceCommand } from './verify-evidence.ts'

let runs: string
beforeEach(() => {
  runs = mkdtempSync(join(tmpdir(), 'squall-history-'))
})
afterEach(() => rmSync(runs, { recursive: true, force: true }))

type Context = Pick<CliContext, 'stdout' | 'stderr' | 'setExitCode' | 'clock'>

async function told(make: (context: Context) => Command, args: readonly string[]) {
  const said = { out: '', err: '', exitCode: null as number | null }
  const context: Context = {
    stdout: (text) => {
      said.out += text
    },
    stderr: (text) => {
      said.err += text
    },
    setExitCode: (code) => {
      said.exitCode = graver(said.exitCode, code)
    },
    clock: {
      monotonicUs: () => 0,
      wallUnixUs: () => Date.parse('2026-11-22T00:00:00.000Z') * 1_000,
      sleep: async () => undefined,
    },
  }
  await make(context).parseAsync([...args], { from: 'user' })
  return said
}

const verify = (...args: string[]) => told(verifyEvidenceCommand, args)
const history = (...args: string[]) =>
  told((context) => historyCommand(context, ['failover', 'host-lost']), ['--runs', runs, ...args])

describe('squall verify-evidence', () => {
  it('says a line for a folder that is all right, and ends with 0', async () => {
    const folder = await judgedRun(runs, 'a')
    expect(await verify(folder)).toEqual({
      out: `${folder}: all right: 11 of 11 files are as they were judged\n`,
      err: '',
      exitCode: 0,
    })
  })

  it('says a line a problem, of each folder, and ends with 1', async () => {
    const a = await judgedRun(runs, 'a')
    const b = await judgedRun(runs, 'b')
    appendFileSync(join(b, 'pool.ndjson'), '[]\n')
    writeFileSync(join(b, 'a\u001b[2Jb\nc'), '')
    const { out, exitCode } = await verify(a, b)
    expect(exitCode).toBe(1)
    const lines = out.trimEnd().split('\n')
    expect(lines).toHaveLength(4)
    expect(lines[1]).toBe(`${b}: DOES NOT MATCH: 2 problems; 10 of 11 files are as they were judged`)
    expect(lines[2]).toMatch(/^ {2}✘ pool\.ndjson: changed/)
    expect(lines[3]).toBe('  ✘ a\ufffd[2Jb c: not listed')
  })

  it('ends with 64 where there is no evidence', async () => {
    const folder = recordRun(runs, 'a')
    expect(await verify(folder, await judgedRun(runs, 'b'))).toMatchObject({
      err: expect.stringContaining('a has no evidence.json'),
      exitCode: 64,
    })
    expect(await verify(join(runs, 'nowhere'))).toMatchObject({ exitCode: 64 })
  })

  it('tells of an earlier drill that is not here; with --strict that is a problem', async () => {
    const first = await judgedRun(runs, 'a', { drill: failover })
    const last = await judgedRun(runs, 'b', { drill: failover, previousDrill: previousDrill([runs]) })
    expect((await verify(last)).out).toContain(
      'all right: 11 of 11 files are as they were judged, linked to 1 earlier drill',
    )
    mkdirSync(join(runs, 'archive'))
    renameSync(first, join(runs, 'archive', 'a'))
    expect(await verify(last)).toMatchObject({ out: expect.stringContaining('· the drill before'), exitCode: 0 })
    expect(await verify('--strict', last)).toMatchObject({
      out: expect.stringContaining('✘ the drill before'),
      exitCode: 1,
    })
  })
})

describe('squall history', () => {
  it('says so where there are no runs, and what was never run', async () => {
    expect((await history()).out).toBe('no runs yet\n\ndrills\n  failover   never run\n  host-lost  never run\n')
  })

  it('shows runs, the newest first, what is overdue, and what it cannot read', async () => {
    await judgedRun(runs, 'b', { startedAt: '2026-08-01T10:00:00.000Z', drill: failover, latencyMs: 700 })
    await judgedRun(runs, 'a', { startedAt: '2026-08-20T10:00:00.000Z', drill: failover })
    recordRun(runs, 'c', { startedAt: '2026-11-20T10:00:00.000Z' })
    mkdirSync(join(runs, 'd'))
    writeFileSync(join(runs, 'notes.txt'), '')
    const { out } = await history()
    const lines = out.split('\n').map((line) => line.trim().split(/ {2,}/).join(' | '))
    expect(lines).toEqual([
      'runs',
      'when | plan | verdict | RTO | RPO | lost writes | trend | run',
      `2026-11-20 10:00:00 UTC | generated | not judged | - | - | - | - | ${join(runs, 'c')}`,
      `2026-08-20 10:00:00 UTC | generated (drill failover) | passed | - | - | - | better | ${join(runs, 'a')}`,
      `2026-08-01 10:00:00 UTC | generated (drill failover) | failed | - | - | - | - | ${join(runs, 'b')}`,
      '',
      'drills',
      'failover | last 2026-08-20 | every quarter | OVERDUE since 2026-11-20',
      'host-lost | never run',
      '',
      'not readable as runs',
      `${join(runs, 'd')} | ${join(runs, 'd')} has no run.json`,
      '',
    ])
  })

  it.each([
    ['a cut report', 'report.json', '{"schemaVersion": 1, "verd', /report\.json was changed since/],
    ['a cut run.json', 'run.json', '{"format": 1, "id', /run\.json is no JSON/],
    ['a run.json of the future', 'run.json', '{"format": 9}', /has format 9/],
    [
      'a plan without a name',
      'run.json',
      '{"format": 1, "id": "x", "startedAt": "2026-01-01T00:00:00Z", "plan": {}}',
      /names no start, or no plan/,
    ],
    ['cut evidence', 'evidence.json', '{', /is not what Squall writes/],
  ])('lists %s as what it is', async (_reason, file, text, why) => {
    const folder = await judgedRun(runs, 'a')
    writeFileSync(join(folder, file), text)
    const { out, exitCode } = await history()
    expect(out).toMatch(why)
    expect(exitCode).toBeNull()
  })

  it('gives the same as JSON', async () => {
    await judgedRun(runs, 'a', { startedAt: '2026-08-20T10:00:00.000Z', drill: failover })
    const found = JSON.parse((await history('--json')).out)
    expect(found).toMatchObject({
      schemaVersion: 1,
      runs: [{ id: 'id-of-a', drill: 'failover', verdict: 'pass', rto: null, why: null }],
      drills: [
        { drill: 'failover', state: 'overdue' },
        { drill: 'host-lost', state: 'never run' },
      ],
      unreadable: [],
    })
  })

  it('ends with 64 where the folder is not there', async () => {
    expect(await history('--runs', join(runs, 'nowhere'))).toMatchObject({ out: '', exitCode: 64 })
  })
})
