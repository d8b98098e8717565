import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Finding, Report } from '../../src/domain/verdict.ts'
import { healthyEnd, isHeldUp, misses } from './stalls.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'squall-stalls-'))
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

const t0Us = 7_000_000
const squall = { text: () => `{"stream":"timeline"}\n[0,"t0",null,{"monotonicUs":${t0Us}}]\n` }

/** A report with one finding about 10 to 20 s of the run. */
function reportWith(part: Partial<Finding>): { report: Report; finding: Finding } {
  const finding = { id: 'one', window: 'slow', judged: true, why: 'because', ...part } as Finding
  const spans = [{ startUs: 10_000_000, endUs: 20_000_000 }]
  const windows = [
    { id: 'slow', spans },
    { id: 'long', spans: [...spans, { startUs: 30_000_000, endUs: 70_000_000 }] },
  ]
  return { finding, report: { findings: [finding], windows } as unknown as Report }
}

/** The machine stood still so long, from then on in the run. */
function stood(atS: number, ms: number): void {
  const fromUs = t0Us + atS * 1_000_000
  const file = join(folder, 'stalls.ndjson')
  // As two processors see it.
  const row = JSON.stringify([fromUs, fromUs + ms * 1_000])
  writeFileSync(file, `watching\nwatching\n${row}\n${row}\n`)
  vi.stubEnv('SQUALL_STALLS', file)
}

const late = { verdict: 'unknown', reason: 'load_not_delivered', measure: 'tool.error_ratio' } as const
const full = { verdict: 'fail', reason: 'beyond_bound', measure: 'pool.used.peak_ratio' } as const

it.each([
  ['late load', late, 12, 60, true],
  ['late load, by a stall just before', late, 9.5, 60, true],
  ['late load, by a stall long before', late, 8.9, 60, false],
  ['late load, by a stall after it', late, 20.1, 900, false],
  ['late load, by a stall too short for any call to be late', late, 12, 50, false],
  ['late load of a longer window, of which one stall is no hundredth', { ...late, window: 'long' }, 12, 250, false],
  ['late load of a longer window', { ...late, window: 'long' }, 12, 251, true],
  ['a full pool', full, 12, 60, true],
  ['a full pool, by a short stall', full, 12, 59, false],
  ['a slow system', { ...full, measure: 'tool.latency.p95' }, 12, 900, false],
  ['an exhausted pool', { ...full, measure: 'pool.exhausted' }, 12, 900, false],
  ['a silent sampler', { ...late, reason: 'sampler_silent' }, 12, 900, false],
] as const)('%s: held up by the machine or not', (_, part, atS, ms, expected) => {
  stood(atS, ms)
  const { report, finding } = reportWith(part)
  expect(isHeldUp(squall, report, finding)).toBe(expected)
  expect(misses(squall, report)).toEqual(expected ? [] : [`${part.verdict} one: because`])
  const verdict = expected ? part.verdict : 'pass'
  expect(healthyEnd(squall, report)).toEqual({ verdict, exitCode: { fail: 1, unknown: 2, pass: 0 }[verdict] })
})

it('nobody is excused where nobody watched', () => {
  vi.stubEnv('SQUALL_STALLS', undefined)
  const { report, finding } = reportWith(late)
  expect(isHeldUp(squall, report, finding)).toBe(false)
})
