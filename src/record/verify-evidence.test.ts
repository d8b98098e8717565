import { appendFileSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { previousDrill } from '../cli/past-drills.ts'
import { failover, judgedRun, recordRun } from '../cli/testing/past-run.ts'
import { RunFolderError } from './reader-error.ts'
import { verifyEvidence } from './verify-evidence.ts'

let runs: string
beforeEach(() => {
  runs = mkdtempSync(join(tmpdir(), 'squall-evidence-'))
})
afterEach(() => rmSync(runs, { recursive: true, force: true }))

function rewrite(folder: string, file: string, change: (text: string) => string): void {
  const path = join(folder, file)
  writeFileSync(path, change(readFileSync(path, 'utf8')))
}

describe('a run folder', () => {
  it('that nobody touched is all right: streams, run.json, logs and reports', async () => {
    const folder = await judgedRun(runs, 'calm')
    expect(verifyEvidence(folder)).toEqual({ problems: [], notes: [], whole: 11, listed: 11, links: 0 })
  })

  it('that was not judged has no evidence, which is not the same as being all right', () => {
    expect(verifyEvidence(recordRun(runs, 'calm'))).toBeNull()
  })

  it.each<[reason: string, touch: (folder: string) => void, problem: RegExp]>([
    [
      'a byte of a stream',
      (at) => rewrite(at, 'calls/k6-1.ndjson', (text) => text.replace('20', '21')),
      /^calls\/k6-1\.ndjson: changed \(still \d+ bytes\)$/,
    ],
    [
      'a stream that was cut',
      (at) => rewrite(at, 'pool.ndjson', (text) => text.slice(0, -9)),
      /^pool\.ndjson: changed \(\d+ bytes then, \d+ now\)$/,
    ],
    [
      'a log',
      (at) => appendFileSync(join(at, 'logs/server.log'), 'x'),
      /^logs\/server\.log: changed \(6 bytes then, 7 now\)$/,
    ],
    [
      'a page',
      (at) => rewrite(at, 'report.html', (text) => text.replace('Passed', 'Failed')),
      /^report\.html: changed/,
    ],
    ['a file taken away', (at) => rmSync(join(at, 'database.ndjson')), /^database\.ndjson: missing$/],
    ['a file put there', (at) => writeFileSync(join(at, 'calls/k6-2.ndjson'), ''), /^calls\/k6-2\.ndjson: not listed$/],
    ['a link', (at) => symlinkSync('/etc/hostname', join(at, 'logs/x.log')), /^logs\/x\.log: no regular file/],
    [
      'the verdict of the evidence',
      (at) => rewrite(at, 'evidence.json', (text) => text.replace('"verdict": "pass"', '"verdict": "fail"')),
      /^evidence\.json: says verdict fail, where report\.json says pass$/,
    ],
    [
      'the run of the evidence',
      (at) => rewrite(at, 'evidence.json', (text) => text.replace('id-of-calm', 'another')),
      /^evidence\.json: says run another, where run\.json says id-of-calm$/,
    ],
    [
      'evidence that was cut',
      (at) => rewrite(at, 'evidence.json', (text) => text.slice(0, 500)),
      /evidence\.json is not what Squall writes: it is no JSON$/,
    ],
    [
      'evidence without its list',
      (at) => rewrite(at, 'evidence.json', (text) => text.replace('"files"', '"fils"')),
      /not what Squall writes: files: /,
    ],
  ])('tells of %s', async (_reason, touch, problem) => {
    const folder = await judgedRun(runs, 'calm')
    touch(folder)
    expect(verifyEvidence(folder)?.problems).toEqual([expect.stringMatching(problem)])
  })

  it('tells of all that is wrong at once', async () => {
    const folder = await judgedRun(runs, 'calm')
    rmSync(join(folder, 'junit.xml'))
    writeFileSync(join(folder, 'minutes.txt'), 'signed')
    appendFileSync(join(folder, 'timeline.ndjson'), '\n')
    expect(verifyEvidence(folder)?.problems.map((problem) => problem.split(':')[0])).toEqual([
      'junit.xml',
      'timeline.ndjson',
      'minutes.txt',
    ])
  })

  it('of a newer Squall is refused by name', async () => {
    const folder = await judgedRun(runs, 'calm')
    rewrite(folder, 'evidence.json', (text) => text.replace('"format": 1', '"format": 2'))
    expect(() => verifyEvidence(folder)).toThrow(RunFolderError)
    expect(() => verifyEvidence(folder)).toThrow(/has format 2; this Squall reads up to format 1/)
  })
})

describe('a chain of drills', () => {
  async function chainOf(names: readonly string[]): Promise<string[]> {
    const folders: string[] = []
    for (const [at, name] of names.entries()) {
      const startedAt = `2026-0${at + 1}-01T00:00:00.000Z`
      folders.push(await judgedRun(runs, name, { drill: failover, startedAt, previousDrill: previousDrill([runs]) }))
    }
    return folders
  }

  it('is followed to its first drill', async () => {
    const [, , last = ''] = await chainOf(['a', 'b', 'c'])
    expect(verifyEvidence(last)).toMatchObject({ problems: [], notes: [], links: 2 })
  })

  it('is broken where the evidence of an earlier drill is another one', async () => {
    const [first = '', , last = ''] = await chainOf(['a', 'b', 'c'])
    rewrite(first, 'evidence.json', (text) => text.replace('"signOff": null', '"signOff": "late"'))
    expect(verifyEvidence(last)).toMatchObject({
      problems: [
        'the drill before (id-of-a, in a, named by id-of-b) has another evidence.json than it had then: the chain is broken',
      ],
      links: 1,
    })
  })

  it('is broken where an earlier drill lost its evidence', async () => {
    const [first = '', last = ''] = await chainOf(['a', 'b'])
    rmSync(join(first, 'evidence.json'))
    expect(verifyEvidence(last)?.problems).toEqual([expect.stringMatching(/has no evidence\.json any more/)])
  })

  it('of which a part lies elsewhere is no contradiction, and is told', async () => {
    const [first = '', last = ''] = await chainOf(['a', 'b'])
    renameSync(first, `${runs}-${basename(first)}`)
    expect(verifyEvidence(last)).toMatchObject({
      problems: [],
      notes: ['the drill before (id-of-a, in a) is not here'],
    })
    rmSync(`${runs}-${basename(first)}`, { recursive: true })
  })

  it('cannot be cut by leaving the link out of the evidence', async () => {
    const [, last = ''] = await chainOf(['a', 'b'])
    rewrite(last, 'evidence.json', (text) => text.replace(/"previous": \{[^}]*\}/, '"previous": null'))
    expect(verifyEvidence(last)?.problems).toEqual([expect.stringMatching(/^evidence\.json: says previous drill none/)])
  })
})
