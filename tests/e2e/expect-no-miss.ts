import { expect } from 'vitest'
import type { Report } from '../../src/domain/verdict.ts'
import type { SquallProcess } from './squall-process.ts'
import { misses } from './stalls.ts'

/** That a healthy system's run misses nothing; what it missed is said first, for a summary may cut the rest. */
export function expectNoMiss(squall: SquallProcess, report: Report): void {
  const missed = misses(squall, report)
  expect(missed, [...missed, squall.stderr].join('\n')).toEqual([])
}
