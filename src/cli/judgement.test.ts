import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { NewestDrill } from '../domain/past-drill.ts'
import { calmRun } from '../measure/testing/calm-run.ts'
import { writeRun } from '../measure/testing/generated-run.ts'
import { verifyEvidence } from '../record/verify-evidence.ts'
import { judgeFolder } from './judgement.ts'
import { tellError } from './problem.ts'
import { failover, judgedRun, recordRun } from './testing/past-run.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'squall-judgement-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('tells of a report that cannot be written as what it is, not as a defect of Squall', async () => {
  writeRun(folder, calmRun())
  mkdirSync(join(folder, 'report.html'))
  const error: unknown = await judgeFolder(folder).catch((thrown: unknown) => thrown)
  const told = tellError(error)
  expect(told.text).toMatch(/^squall: cannot write .*report\.html/)
  expect(told.exitCode).toBe(3)
})

/** As much of the file as an auditor looks at by name here. */
interface SeenEvidence {
  readonly results: readonly object[]
  readonly people: { readonly findings: readonly object[]; readonly signOff: unknown }
  readonly files: readonly { readonly file: string; readonly kind: string }[]
}

const evidenceIn = (run: string) => JSON.parse(readFileSync(join(run, 'evidence.json'), 'utf8')) as SeenEvidence

describe('evidence.json', () => {
  it('is the same bytes when the run is judged again', async () => {
    const run = await judgedRun(folder, 'a')
    const all = () =>
      readdirSync(run)
        .filter((name) => name.includes('.'))
        .map((name) => readFileSync(join(run, name), 'utf8'))
    const before = all()
    expect((await judgeFolder(run)).evidenceKept).toBeNull()
    expect(all()).toEqual(before)
  })

  it('says what an auditor asks', async () => {
    const previousDrill = { id: 'run-0', folder: 'before', evidenceSha256: 'ab'.repeat(32) }
    const evidence = evidenceIn(await judgedRun(folder, 'a', { drill: failover, previousDrill, latencyMs: 700 }))
    expect(evidence).toMatchObject({
      format: 1,
      run: { id: 'id-of-a', startedAt: '2026-11-21T10:00:00.000Z', ended: 'planned' },
      drill: { name: 'failover', every: 'quarter', dueAgain: '2027-02-21T10:00:00.000Z' },
      squall: { recorded: '0.1.0' },
      verdict: 'fail',
      previous: { runId: 'run-0', folder: 'before', sha256: 'ab'.repeat(32) },
      plan: { name: 'generated', version: expect.stringMatching(/^[0-9a-f]{64}$/) },
      hypothesis: 'While slow acts, under 50 users of generated, all 8 judged findings are within their bounds.',
      criteria: [{ id: 'clear-p95', max: 500 }, { id: 'clear-errors' }],
      load: { planned: { users: 50 }, delivered: { callsIntended: 2_750 } },
      timeline: [
        { what: 'inject', of: 'slow', tUs: 20_000_000 },
        {},
        { what: 'seen to act', resolutionUs: 250_000 },
        {},
        {},
      ],
    })
    expect(evidence.results[0]).toMatchObject({
      id: 'clear-p95',
      target: { max: 500 },
      achieved: { value: 700 },
      verdict: 'fail',
    })
    expect(evidence.people.findings).toEqual([{ id: 'clear-p95', owner: null, due: null }])
    expect(evidence.files.map(({ kind }) => kind).sort()).toEqual([
      ...Array(5).fill('derived'),
      ...Array(6).fill('recorded'),
    ])
  })

  it('keeps what people wrote into it, and takes up what they put beside it', async () => {
    const run = await judgedRun(folder, 'a')
    const signed = { ...evidenceIn(run).people, signOff: { by: 'A. Person', on: '2026-11-22' } }
    writeFileSync(join(run, 'evidence.json'), JSON.stringify({ ...evidenceIn(run), people: signed }))
    writeFileSync(join(run, 'minutes.txt'), 'all agreed')
    await judgeFolder(run)
    expect(evidenceIn(run).people.signOff).toEqual({ by: 'A. Person', on: '2026-11-22' })
    expect(evidenceIn(run).files).toContainEqual(expect.objectContaining({ file: 'minutes.txt', kind: 'added' }))
    expect(verifyEvidence(run)?.problems).toEqual([])
  })

  it.each([
    ['was changed', (run: string) => appendFileSync(join(run, 'logs/server.log'), 'late\n'), 'logs/server.log'],
    ['is gone', (run: string) => rmSync(join(run, 'database.ndjson')), 'database.ndjson'],
    ['was added', (run: string) => writeFileSync(join(run, 'logs/late.log'), ''), 'logs/late.log'],
  ])('is not made to vouch for a recording that %s', async (_what, change, file) => {
    const run = await judgedRun(folder, 'a')
    const before = evidenceIn(run)
    change(run)
    expect((await judgeFolder(run)).evidenceKept).toBe(`${file} not as recorded`)
    expect(evidenceIn(run)).toEqual(before)
    expect(verifyEvidence(run)?.problems).toContainEqual(expect.stringContaining(`${file}: `))
  })

  it('is not written for recordings that change while they are judged', async () => {
    const run = recordRun(folder, 'a')
    symlinkSync('pool.ndjson', join(run, 'summary.md'))
    await expect(judgeFolder(run)).rejects.toThrow(/pool\.ndjson changed while it was judged/)
    expect(existsSync(join(run, 'evidence.json'))).toBe(false)
  })

  it('that somebody broke while filling it in is not written over', async () => {
    const run = await judgedRun(folder, 'a')
    writeFileSync(join(run, 'evidence.json'), '{"format": 1, "people": {')
    await expect(judgeFolder(run)).rejects.toThrow(/not what Squall writes/)
    expect(readFileSync(join(run, 'evidence.json'), 'utf8')).toBe('{"format": 1, "people": {')
  })
})

describe('the newest drill in the report of a gate', () => {
  const drill: NewestDrill = { id: 'd', drill: 'failover', verdict: 'fail', startedAt: '2026-11-09T10:00:01.000Z' }
  const judged = async (newestDrill: NewestDrill | null) =>
    (await judgeFolder(recordRun(folder, 'a', { newestDrill }))).report

  it('has its age at the start of the run, in whole days, and changes no verdict', async () => {
    const report = await judged(drill)
    expect(report.newestDrill).toEqual({ ...drill, ageDays: 11 })
    expect(report.notAssessed).toEqual([])
    expect(report.verdict).toBe('pass')
  })

  it('is not assessed where there is none, with what to do', async () => {
    const report = await judged(null)
    expect(report.newestDrill).toBeNull()
    expect(report.notAssessed).toEqual([expect.objectContaining({ id: 'disaster-recovery-tested' })])
    expect(report.notAssessed[0]?.why).toMatch(/Do one by `squall drill`/)
    expect(report.verdict).toBe('pass')
  })

  it('is not assessed where it has no verdict', async () => {
    const report = await judged({ ...drill, verdict: null })
    expect(report.notAssessed[0]?.why).toMatch(/^The newest drill, d, has no verdict/)
  })

  it('is left out where nobody looked', async () => {
    const { report } = await judgeFolder(recordRun(folder, 'a'))
    expect(report).not.toHaveProperty('newestDrill')
    expect(report.notAssessed).toEqual([])
  })
})
