import { expect, it } from 'vitest'
import type { Comparison, ComparisonRow } from '../../src/domain/comparison.ts'
import { renderComparisonPage } from './comparison-page.ts'
import { differenceStrip } from './difference-strip.ts'
import { Markup } from './markup.ts'

const row: ComparisonRow = {
  measure: 'tool.latency.p95',
  window: 'steady.clear',
  unit: 'ms',
  better: 'lower',
  isKey: true,
  base: { value: 100, samples: 3_000 },
  head: { value: 120, samples: 3_000 },
  difference: { value: 20, interval: { low: 10, high: 30 }, relative: 0.2, p: 0.001, detectable: 15 },
  minimumEffect: 10,
  verdict: 'regression',
  why: 'higher by 20 ms',
  method: 'm',
}
const side = {
  plan: 'gate',
  environment: 'abc',
  runs: [{ id: 'r1', folder: '/runs/c/base/1', startedAt: '2026-11-22T00:00:00Z' }],
}
const comparison: Comparison = {
  schemaVersion: 1,
  verdict: 'regression',
  exitCode: 1,
  summary: 'Head is worse in 1 of 1.',
  base: side,
  head: side,
  foreign: [],
  notes: [],
  rows: [row],
  windowsLeftOut: ['slow'],
  limits: { relative: 0.1, timeMs: 5, errorRatio: 0.005, poolRatio: 0.05, count: 1 },
}

it('tells a row with its difference, its interval and its verdict, and leads to the runs', () => {
  const page = renderComparisonPage(comparison, '/runs/c')
  expect(page).toContain('<a href="base/1/report.html">')
  expect(page).toMatch(
    /p95 latency[\s\S]*100 ms[\s\S]*120 ms[\s\S]*\+20\.0[\s\S]*\+20[\s\S]*\+10\.0[\s\S]*\+30\.0[\s\S]*regression/,
  )
  expect(page).toContain('slow</bdi>.')
  expect(page).not.toContain('<script')
})

it('what is foreign is no markup, and what is forced is marked', () => {
  const evil = '<img src=x>'
  const foreign = [{ what: 'environment.cpu', base: evil, other: 'b', run: evil }]
  const page = renderComparisonPage(
    { ...comparison, foreign, summary: evil, notes: [evil], rows: [{ ...row, window: evil, why: evil }] },
    '/',
  )
  expect(page).not.toContain('<img')
  expect(page).toContain('Regression, forced')
})

/** Places of the strip's dot and of both ends of its bar, per cent from the left. */
function places(changes: Partial<ComparisonRow>): number[] {
  const strip = differenceStrip({ ...row, ...changes })
  const text = strip instanceof Markup ? strip.text : ''
  const [, from, to] = /<line x1="([\d.]+)%" x2="([\d.]+)%" y1="13" y2="13" [^>]*stroke-width="6"/.exec(text) ?? []
  return [/cx="([\d.]+)%"/.exec(text)?.[1], from, to].map(Number)
}

it('a strip has what is worse to the right, whichever way a measure gets better', () => {
  const [dot = 0, from = 0, to = 0] = places({})
  expect(50 < from && from < dot && dot < to).toBe(true)
  const [more = 100, low = 100, high = 100] = places({ better: 'higher' })
  expect(low < more && more < high && high < 50).toBe(true)
})

it('an interval without an end reaches the edge; without a difference there is no strip', () => {
  const open = {
    ...row.difference,
    value: 20,
    interval: { low: 10, high: Number.POSITIVE_INFINITY },
    relative: 0.2,
    p: 0.2,
    detectable: Number.POSITIVE_INFINITY,
  }
  expect(places({ difference: open })[2]).toBe(100)
  expect(differenceStrip({ ...row, difference: null })).toBeNull()
  expect(renderComparisonPage({ ...comparison, rows: [{ ...row, base: null, difference: null }] }, '/')).toContain('–')
})
