import { expect } from 'vitest'
import type { Report, Verdict } from '../../src/domain/verdict.ts'
import { finding, type SquallProcess } from './squall-process.ts'
import { exitCodes, healthyEnd, isHeldUp, misses } from './stalls.ts'

/** That a healthy system's run was judged and missed nothing; what it missed is said first, for a summary may cut the rest. */
export function expectNoMiss(squall: SquallProcess, report: Report, exitCode: number | null): void {
  const missed = misses(squall, report)
  expect(missed, [...missed, squall.stderr].join('\n')).toEqual([])
  expect(report.findings.filter(({ judged }) => judged)).not.toEqual([])
  expect({ exitCode, verdict: report.verdict }).toEqual(healthyEnd(squall, report))
}

/** That a finding has that verdict. False where this machine held it up: then it tells nothing of Squall. */
export function expectVerdict(squall: SquallProcess, report: Report, id: string, verdict: Verdict): boolean {
  const found = finding(report, id)
  if (isHeldUp(squall, report, found)) return false
  expect([id, found.verdict], found.why).toEqual([id, verdict])
  return true
}

/** That a run ended as that, or as inconclusive where this machine held a finding of it up. */
export function expectEnd(squall: SquallProcess, report: Report, exitCode: number | null, verdict: Verdict): void {
  const isHeld = report.findings.some((found) => found.judged && isHeldUp(squall, report, found))
  const codes: readonly (number | null)[] = isHeld ? [exitCodes[verdict], exitCodes.unknown] : [exitCodes[verdict]]
  expect(codes, [report.summary, squall.stderr].join('\n')).toContain(exitCode)
}
