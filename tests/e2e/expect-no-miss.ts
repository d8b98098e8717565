import { expect } from 'vitest'
import type { Report } from '../../src/domain/verdict.ts'
import type { SquallProcess } from './squall-process.ts'
import { healthyEnd, misses } from './stalls.ts'

/** That a healthy system's run was judged and missed nothing; what it missed is said first, for a summary may cut the rest. */
export function expectNoMiss(squall: SquallProcess, report: Report, exitCode: number | null): void {
  const missed = misses(squall, report)
  expect(missed, [...missed, squall.stderr].join('\n')).toEqual([])
  expect(report.findings.filter(({ judged }) => judged)).not.toEqual([])
  expect({ exitCode, verdict: report.verdict }).toEqual(healthyEnd(squall, report))
}
