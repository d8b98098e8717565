import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readRunFolder } from '../record/reader.ts'
import { measure } from './measure-spec.ts'
import { measureById } from './registry.ts'
import { RunView } from './run-view.ts'
import { calmRun } from './testing/calm-run.ts'
import { type GeneratedRun, readGenerated, withFolder, writeRun } from './testing/generated-run.ts'
import { planOf } from './testing/plan-of.ts'
import { failing, p95, peak, gatedPlan as plan, pool, reasonIn } from './testing/reason-for.ts'

describe('a stream that was cut', () => {
  test('after the last beat of the load cost nothing', () => {
    withFolder((folder) => {
      writeRun(folder, calmRun({ plan }))
      const path = join(folder, 'calls/k6-1.ndjson')
      const text = readFileSync(path, 'utf8')
      writeFileSync(path, text.slice(0, text.indexOf('{"end"')))
      expect(reasonIn(new RunView(readRunFolder(folder)), p95, 'steady')).toBe('value')
    })
  })

  /** The reason in windows before and after a cut of one stream at 50 s. */
  function reasonsAfterCut(file: string, measureId: string): readonly string[] {
    return withFolder((folder) => {
      writeRun(folder, calmRun({ plan }))
      const path = join(folder, file)
      const text = readFileSync(path, 'utf8')
      writeFileSync(path, text.slice(0, text.indexOf('{"beat":[51000000')))
      const view = new RunView(readRunFolder(folder))
      return ['slow', 'steady', 'run'].map((window) => reasonIn(view, measureId, window))
    })
  }

  test.each([
    ['calls/k6-1.ndjson', p95, ['value', 'stream_cut', 'stream_cut']],
    ['calls/k6-1.ndjson', peak, ['value', 'stream_cut', 'stream_cut']],
    ['timeline.ndjson', p95, ['value', 'stream_cut', 'stream_cut']],
    ['pool.ndjson', peak, ['value', 'stream_cut', 'stream_cut']],
    ['pool.ndjson', p95, ['value', 'value', 'value']],
  ])('%s makes %s unknown in windows that reach beyond the cut', (file, measureId, reasons) => {
    expect(reasonsAfterCut(file, measureId)).toEqual(reasons)
  })
})

test('a sampler that was cut tells of a time as far as 3 s before', () => {
  const cutAt = (second: number): string =>
    withFolder((folder) => {
      writeRun(folder, calmRun({ plan }))
      const path = join(folder, 'pool.ndjson')
      const text = readFileSync(path, 'utf8')
      writeFileSync(path, text.slice(0, text.indexOf(`{"beat":[${second + 1}000000`)))
      return reasonIn(new RunView(readRunFolder(folder)), peak, 'slow')
    })
  // The window ends at 30.2 s.
  expect([cutAt(33), cutAt(34)]).toEqual(['stream_cut', 'value'])
})

test('of two pieces of a window, the error is named that came in either', () => {
  const view = new RunView(readGenerated(calmRun({ plan, pool: failing(50_000, 53_000) })))
  const [spec, window] = [measureById(peak), view.window('steady.clear')]
  if (window === null || spec === null) throw new Error(peak)
  const measured = measure(view, spec, { window })
  expect(measured.kind === 'none' ? measured.why : '').toContain('(HTTP 503)')
})

describe('what a target cannot tell', () => {
  const lacking = (measureId: string, changes: Partial<GeneratedRun>): string | null =>
    measureById(measureId)?.lacking?.(new RunView(readGenerated(calmRun({ plan, ...changes })))) ?? null

  test.each([
    [
      'a pool that is not observed',
      peak,
      { plan: planOf({ observe: { ...plan.observe, pool: null } }) },
      /observe\.pool/,
    ],
    ['a pool without a size', peak, { pool: pool((row) => ({ ...row, max: null })) }, /max/],
    ['a pool without a wait histogram', 'pool.acquire_wait.p95', {}, /wait/],
    ['a stack without a replica', 'database.replay_lag.max', {}, /follows another/],
    [
      'a stack without a database',
      'database.deadlocks',
      { plan: planOf({ stack: { ...plan.stack, nodes: {} } }) },
      /PostgreSQL/,
    ],
  ] as const)('%s', (_why, measureId, changes, expected) => {
    expect(lacking(measureId, changes)).toMatch(expected)
  })

  test.each([
    ['a pool that tells', peak, {}],
    [
      'a sampler that never answered is missing evidence, not a target that cannot tell',
      peak,
      { pool: failing(-10_000, 70_000) },
    ],
    ['signs of exhaustion by gauges alone', 'pool.exhausted', {}],
  ] as const)('not: %s', (_why, measureId, changes) => {
    expect(lacking(measureId, changes)).toBeNull()
  })
})
