import { describe, expect, it } from 'vitest'
import type { Outcome } from '../domain/outcome.ts'
import { measureById } from '../measure/registry.ts'
import { RunView } from '../measure/run-view.ts'
import { callsOf, calmRun, databaseOf, poolOf } from '../measure/testing/calm-run.ts'
import {
  type GeneratedCall,
  type GeneratedPoolRow,
  type GeneratedRun,
  readGenerated,
} from '../measure/testing/generated-run.ts'
import { hintFor } from './hints.ts'

function viewOf(changes: Partial<GeneratedRun>): RunView {
  return new RunView(readGenerated(calmRun({ pool: [], database: [], calls: fewCalls(), ...changes })))
}

/** Two calls a second, of which 110 are judged: one ends in another way where it is told so. */
function fewCalls(endOf: (at: number) => readonly [Outcome, string | null] | null = () => null): GeneratedCall[] {
  return callsOf({ users: 2, startMs: 0, endMs: 60_000, latencyMs: () => 20 }).map((call, index) => {
    const [outcome, error] = endOf(index - 10) ?? [call.outcome, call.error]
    return { ...call, outcome, error }
  })
}

function hint(view: RunView, id: string): string | null {
  const [spec, window] = [measureById(id), view.window('steady')]
  if (spec === null || window === null) throw new Error(id)
  return hintFor(view, spec, window, null)
}

describe('failures', () => {
  it.each<[reason: string, calls: GeneratedCall[], words: string | null]>([
    ['none', fewCalls(), null],
    ['good ends are no failures', fewCalls((at) => (at < 50 ? ['degraded', null] : null)), null],
    ['one', fewCalls((at) => (at === 3 ? ['timeout', null] : null)), 'Most failures (1 of 1) ended as timeout.'],
    [
      'of as many of several kinds the one that comes first in the list of outcomes',
      fewCalls((at) => (at < 4 ? [at % 2 === 0 ? 'timeout' : 'http_error', null] : null)),
      'Most failures (2 of 4) ended as http_error.',
    ],
    [
      'a text counts for the outcome that it came with',
      fewCalls((at) =>
        at < 0 ? null : at < 5 ? ['tool_error', at < 3 ? 'a' : 'b'] : at < 9 ? ['http_error', 'b'] : null,
      ),
      'Most failures (5 of 9) ended as tool_error, most often: a.',
    ],
    [
      'a text that only other outcomes had is not theirs',
      fewCalls((at) => (at < 0 ? null : at < 5 ? ['timeout', null] : at < 9 ? ['http_error', 'often'] : null)),
      'Most failures (5 of 9) ended as timeout.',
    ],
    [
      'of texts that are as common the one that ended first, though it was due later',
      [
        ...fewCalls().filter(({ intendedUs }) => intendedUs !== 40_000_000 && intendedUs !== 42_000_000),
        { ...failed, intendedUs: 40_000_000, endedUs: 50_000_000, error: 'after long' },
        { ...failed, intendedUs: 42_000_000, endedUs: 42_100_000, error: 'at once' },
      ].sort((a, b) => (a.endedUs ?? 0) - (b.endedUs ?? 0)),
      'Most failures (2 of 2) ended as tool_error, most often: at once.',
    ],
  ])('%s', (_reason, calls, words) => {
    expect(hint(viewOf({ calls }), 'tool.error_ratio')).toBe(words)
  })
})

const failed = { user: 0, tool: 0, readyUs: 0, startedUs: 42_000_000, outcome: 'tool_error' as const }

describe('a pool that callers gave up on', () => {
  /** Ten gave up in the middle of the minute; in each sample some of the pool is free. */
  const gaveUp = (more: (row: GeneratedPoolRow) => Partial<GeneratedPoolRow> = () => ({})) =>
    poolOf({
      max: 10,
      used: () => 9,
      sample: (row) => ({ ...row, timeouts: row.tUs < 30_000_000 ? 0 : 10, ...more(row) }),
    })
  const failing = fewCalls((at) => (at < 3 ? ['timeout', null] : null))

  it.each<[reason: string, id: string, words: RegExp | null]>([
    ['latency: the pool, though calls failed', 'tool.latency.p50', /^Points at the pool/],
    ['service time as well', 'tool.service_time.p50', /^Points at the pool/],
    ['the pool itself', 'pool.acquire_timeouts', /^Points at the pool/],
    ['failures: what they were', 'tool.error_ratio', /^Most failures/],
    ['a leak: what keeps its connections', 'pool.leaked', /^Points at connections that are not given back/],
    ['the load: nothing', 'load.calls_per_s', null],
  ])('%s', (_reason, id, words) => {
    const said = hint(viewOf({ calls: failing, pool: gaveUp() }), id)
    if (words === null) expect(said).toBeNull()
    else expect(said).toMatch(words)
  })

  it('is pointed at where nothing failed, too', () => {
    expect(hint(viewOf({ pool: gaveUp() }), 'tool.error_ratio')).toMatch(/^Points at the pool/)
  })

  it('was not seen to be used up for any time', () => {
    expect(hint(viewOf({ pool: gaveUp() }), 'pool.exhausted')).toBe(
      'Points at the pool: callers waited for its 10 connections.',
    )
  })

  it('was used up for as short a time as its counters tell', () => {
    const counted = gaveUp(({ tUs }) => {
      const s = tUs < 30_000_000 ? 0 : 0.0004
      return { saturatedS: s, saturatedLongestS: s }
    })
    expect(hint(viewOf({ pool: counted }), 'pool.exhausted')).toBe(
      'Points at the pool: its 10 connections were used up for 0.4 ms on end while callers waited.',
    )
  })

  it('of a size that nobody tells', () => {
    const unsized = gaveUp(() => ({ max: null }))
    expect(hint(viewOf({ pool: unsized }), 'pool.exhausted')).toBe(
      'Points at the pool: callers waited for all its connections.',
    )
  })

  it('had enough: a bound on it that was missed, and calls that failed, do not make it used up', () => {
    const calm = poolOf({ max: 10, used: () => 9, sample: (row) => ({ ...row, timeouts: 0 }) })
    expect(hint(viewOf({ calls: failing, pool: calm }), 'pool.used.peak_ratio')).toBeNull()
  })
})

describe('connections at the database', () => {
  const said = (changes: Partial<GeneratedRun>) => hint(viewOf(changes), 'database.connections.peak')
  const pool = poolOf({ max: 40, used: () => 9 })
  const database = databaseOf(() => ({}))

  it('as many as the pool may open, and the database allows', () => {
    expect(said({ pool, database })).toBe(
      'The pool may open 40 connections; the database allows 100, a few of them reserved.',
    )
  })

  it('nothing where the pool or the database never told its limit', () => {
    expect(said({ pool: poolOf({ used: () => 9, sample: (row) => ({ ...row, max: null }) }), database })).toBeNull()
    expect(said({ pool, database: [] })).toBeNull()
  })
})
