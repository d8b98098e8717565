import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { calmRun, poolOf, timelineOf } from '../measure/testing/calm-run.ts'
import {
  type GeneratedRun,
  readGenerated,
  type TimelineEntry,
  withFolder,
  writeRun,
} from '../measure/testing/generated-run.ts'
import { readRunFolder } from '../record/reader.ts'
import { judgeRun } from './judge-run.ts'
import { calls, findingOf, planned, report } from './testing/judged-run.ts'

describe('what cannot be assessed', () => {
  test('is named apart from the verdict, with the line that would change it', () => {
    const plan = planned({ observe: { ...planned().observe, pool: null } })
    const judged = report({ plan })
    expect(judged.verdict).toBe('pass')
    expect(judged.notAssessed.map(({ id, why }) => [id, why.includes('observe.pool')])).toEqual([
      ['slow-pool', true],
      ['leaked', true],
    ])
  })

  test('a pool sampler that stopped is another matter: unknown', () => {
    const pool = poolOf({ used: () => 12, sample: (row) => (row.tUs > 24_000_000 ? null : row) })
    const judged = report({ pool })
    expect(findingOf(judged, 'slow-pool')).toMatchObject({ verdict: 'unknown', reason: 'sampler_silent' })
    expect(judged.verdict).toBe('unknown')
  })

  test.each([
    ['a process of the system is ours', ['server'], true, 'pass', []],
    ['only the database can be asked', [], true, 'pass', []],
    [
      'only processes of the harness are ours, and there is no database',
      ['k6-1'],
      false,
      undefined,
      ['system.unplanned_exit'],
    ],
  ] as const)('exits: %s', (_why, processes, hasDatabase, verdict, notAssessed) => {
    const timeline = timelineOf(planned()).filter(([, kind]) => kind !== 'process')
    const started = processes.map((id): TimelineEntry => [-1_000_000, 'process', id, { pid: 1, command: id }])
    // A stack of Squall's own always has a database to ask: without its stream it would be cut.
    const { stack, ...rest } = planned()
    const plan = hasDatabase ? planned() : { ...rest, stack: { ...stack, kind: 'external' as const } }
    const { database, ...others } = calmRun({
      plan,
      timeline: [...timeline.slice(0, 1), ...started, ...timeline.slice(1)],
    })
    const judged = judgeRun(readGenerated(hasDatabase ? { ...others, database: database ?? [] } : others)).report
    expect(judged.findings.find((finding) => finding.id === 'system.unplanned_exit')?.verdict).toBe(verdict)
    expect(judged.notAssessed.map((entry) => entry.id)).toEqual(notAssessed)
  })

  test.each(['interrupted', 'broken'])('a run that was %s in its rest passes nobody', (reason) => {
    const timeline = timelineOf(planned()).map(
      (row): TimelineEntry => (row[1] === 'end' ? [60_500_000, 'end', null, { reason }] : row),
    )
    const objectives = planned().objectives.filter(({ measure }) => measure !== 'pool.leaked')
    const judged = report({ plan: planned({ objectives }), timeline })
    expect(judged.findings.every(({ verdict }) => verdict === 'pass')).toBe(true)
    expect(judged.verdict).toBe('unknown')
    expect(judged.summary).toContain(reason)
  })

  test('with no objective left there is no pass', () => {
    const silent = report({ plan: planned({ objectives: [] }) })
    expect(silent).toMatchObject({ verdict: 'unknown', exitCode: 2 })
    expect(silent.summary).toMatch(/^Inconclusive/)
  })
})

describe('a report', () => {
  const { timeline: _none, ...withoutTimeline } = calmRun({ plan: planned() })
  const endedBy = (data: Record<string, unknown>): GeneratedRun =>
    calmRun({
      plan: planned(),
      timeline: timelineOf(planned()).map(
        (row): TimelineEntry => (row[1] === 'end' ? [row[0], 'end', null, data] : row),
      ),
    })

  test.each([
    ['planned', endedBy({ reason: 'planned' })],
    ['broken: k6 ended with code 107', endedBy({ reason: 'broken', text: 'k6 ended with code 107' })],
    ['cut: the run folder has no timeline', withoutTimeline],
    [
      'cut: no end row',
      calmRun({ plan: planned(), timeline: timelineOf(planned()).filter(([, kind]) => kind !== 'end') }),
    ],
  ])('says how the run ended: %s', (ended, run) => {
    expect(judgeRun(readGenerated(run)).report.run.ended).toBe(ended)
  })

  test('says of an interval without an upper end "or more"', () => {
    const unsent = report({ calls: calls({ outcome: (_ms, index) => (index % 22 === 0 ? 'unsent' : 'ok') }) })
    expect(findingOf(unsent, 'clear-p95').why).toContain('was 20 ms (20 ms or more); wanted at most 500 ms')
  })

  test('is the same for the same folder, holds only finite numbers but for open intervals, and names its evidence', () => {
    withFolder((folder) => {
      writeRun(folder, calmRun({ plan: planned() }))
      const first = JSON.stringify(judgeRun(readRunFolder(folder)))
      expect(JSON.stringify(judgeRun(readRunFolder(folder)))).toBe(first)
      const { report: again } = judgeRun(readRunFolder(folder))
      const files = findingOf(again, 'slow-pool').evidence.map((entry) => entry.file)
      // The database, for it alone can say that the system used the link of the fault.
      const streams = ['calls/k6-1.ndjson', 'database.ndjson', 'pool.ndjson']
      expect(files).toEqual([...streams, 'run.json', 'timeline.ndjson'])
      for (const finding of again.findings)
        expect(finding.evidence.every((entry) => /^[0-9a-f]{64}$/.test(entry.sha256))).toBe(true)
    })
  })

  test('counts tools and error texts', () => {
    const judged = report({ calls: calls({ outcome: (_ms, index) => (index % 10 === 1 ? 'tool_error' : 'ok') }) })
    expect(judged.tools.map(({ tool, calls: count, errors }) => [tool, count, errors])).toEqual([
      ['read', 1_375, {}],
      ['write', 1_375, { tool_error: 275 }],
    ])
    expect(judged.errors).toEqual({
      rows: [{ outcome: 'tool_error', text: 'no database connection became free', calls: 275 }],
      omitted: 0,
    })
  })

  test('can be made of a run cut at any byte of any stream, and never passes then', () => {
    const files = ['calls/k6-1.ndjson', 'timeline.ndjson', 'pool.ndjson']
    fc.assert(
      fc.property(fc.constantFrom(...files), fc.double({ min: 0, max: 0.9, noNaN: true }), (file, share) => {
        withFolder((folder) => {
          writeRun(folder, calmRun({ plan: planned() }))
          const path = join(folder, file)
          const text = readFileSync(path, 'utf8')
          writeFileSync(path, text.slice(0, Math.floor(share * text.length)))
          expect(judgeRun(readRunFolder(folder)).report.verdict).toBe('unknown')
        })
      }),
      { numRuns: 25 },
    )
  })
})
