import { expect, test } from 'vitest'
import { samples } from '../../tests/golden/samples/cases.ts'
import { type DrillOnPage, renderDrillsPage, verdictOfDrills } from './drills-page.ts'

const reportOf = (name: string) => {
  const report = samples[name]?.().report
  if (report === undefined) throw new Error(`no sample ${name}`)
  return report
}

const passing = reportOf('passing')
const [finding] = passing.findings
if (finding === undefined) throw new Error('no finding')
const rto = {
  ...finding,
  id: 'rto',
  measure: 'recovery.rto_sustained',
  bound: { max: 60_000, unit: 'ms' },
  measured: {
    kind: 'value',
    value: 2_240,
    unit: 'ms',
    sampleCount: 9,
    method: 'm',
    interval: { low: 2_190, high: 2_240 },
  },
} as const
const held: DrillOnPage = {
  name: 'failover',
  report: { ...passing, findings: [rto] },
  href: '20261122T034153-drill-failover/report.html',
}
const failed: DrillOnPage = { name: 'host-lost', report: reportOf('exhausted-pool'), href: 'b/report.html' }
const missing: DrillOnPage = { name: '<b>nobody</b>', report: null, href: '' }

test('a line a drill with bound and result, leading to its own report', () => {
  const page = renderDrillsPage([held, failed])
  expect(page).toContain('<a href="20261122T034153-drill-failover/report.html">')
  expect(page).toContain('<td>at most 60 s</td><td>2.24 s</td><td>–</td><td>–</td>')
  expect(page).toContain('1 of 2 drills hold')
})

test('what could not be carried out proves nothing, and its name is no markup', () => {
  expect(verdictOfDrills([held])).toBe('pass')
  expect(verdictOfDrills([held, missing])).toBe('unknown')
  expect(verdictOfDrills([held, missing, failed])).toBe('fail')
  const page = renderDrillsPage([missing])
  expect(page).toContain('not carried out')
  expect(page).not.toContain('<b>nobody</b></b>')
})
