import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { evidenceDigest } from '../record/evidence-file.ts'
import { newestDrill, previousDrill, runsFolders } from './past-drills.ts'
import { failover, judgedRun, recordRun } from './testing/past-run.ts'

let runs: string
beforeEach(() => {
  runs = mkdtempSync(join(tmpdir(), 'squall-drills-'))
})
afterEach(() => rmSync(runs, { recursive: true, force: true }))

const at = (day: number) => ({ drill: failover, startedAt: `2026-11-0${day}T10:00:00.000Z` })

describe('the newest drill', () => {
  it('is none where no run was a drill, and none where there are no runs', async () => {
    await judgedRun(runs, 'gate')
    expect(newestDrill([runs])).toBeNull()
    expect(newestDrill([])).toBeNull()
  })

  it('is the newest by its start, whatever its folder is called, among what is broken', async () => {
    await judgedRun(runs, 'b', { ...at(1), latencyMs: 20 })
    await judgedRun(runs, 'a', { ...at(2), latencyMs: 700 })
    mkdirSync(join(runs, 'empty'))
    mkdirSync(join(runs, 'odd'))
    writeFileSync(join(runs, 'odd', 'run.json'), '{"format":1,"id":"x","startedAt":"2027","plan":{"drill":{}}}')
    expect(newestDrill([runs])).toEqual({
      id: 'id-of-a',
      drill: 'failover',
      verdict: 'fail',
      startedAt: '2026-11-02T10:00:00.000Z',
    })
  })

  it('is the newest of all folders', async () => {
    await judgedRun(join(runs, 'x'), 'a', at(1))
    await judgedRun(join(runs, 'y'), 'b', at(3))
    await judgedRun(join(runs, 'z'), 'c', at(2))
    expect(newestDrill(['x', 'y', 'z'].map((name) => join(runs, name)))?.id).toBe('id-of-b')
  })

  it('that was not judged hides no older one behind it: it has no verdict', async () => {
    await judgedRun(runs, 'a', at(1))
    recordRun(runs, 'b', at(2))
    expect(newestDrill([runs])).toMatchObject({ id: 'id-of-b', verdict: null })
  })

  it('has no verdict when its report is not the one that was written', async () => {
    const folder = await judgedRun(runs, 'a', at(1))
    appendFileSync(join(folder, 'report.json'), ' ')
    expect(newestDrill([runs])?.verdict).toBeNull()
  })
})

describe('the drill to chain to', () => {
  it('is the newest with evidence', async () => {
    const folder = await judgedRun(runs, 'a', at(1))
    recordRun(runs, 'b', at(2))
    const evidenceSha256 = evidenceDigest(folder)
    expect(evidenceSha256).toMatch(/^[0-9a-f]{64}$/)
    expect(previousDrill([runs])).toEqual({ id: 'id-of-a', folder: 'a', evidenceSha256 })
  })

  it('is none for the first', () => {
    recordRun(runs, 'b', at(2))
    expect(previousDrill([runs])).toBeNull()
  })
})

describe('where past runs lie', () => {
  it.each<[reason: string, out: string | null, folders: readonly string[]]>([
    ['in runs/', null, ['']],
    ['beside a run folder that was named, too', 'other/run', ['other', '']],
    ['once, when that is in runs/', 'run', ['']],
    ['not where nothing is yet', 'not/yet', ['']],
  ])('%s', (_reason, out, folders) => {
    mkdirSync(join(runs, 'other'))
    const found = runsFolders(out === null ? null : join(runs, out), runs)
    expect(found).toEqual(folders.map((name) => (name === '' ? runs : join(runs, name))))
  })
})
