import { describe, expect, it } from 'vitest'
import type { Report } from '../../src/domain/verdict.ts'
import { latenessWords } from './load-words.ts'

const report = (load: Partial<Report['load']>): Report => ({
  ...({} as Report),
  load: { callsIntended: 1_000, callsSent: 1_000, callsPerS: 50, usersPeak: 50, latePermille: 0, ...load },
})

describe('whose doing it was', () => {
  it.each<[reason: string, load: Partial<Report['load']>, words: string]>([
    [
      'nobody’s',
      {},
      'by the generator itself 0 % of 1,000 calls; never sent, their user still waiting for the system: 0',
    ],
    [
      'the generator’s',
      { latePermille: 123 },
      'by the generator itself 12.3 % of 1,000 calls; never sent, their user still waiting for the system: 0',
    ],
    [
      'the system’s',
      { callsSent: 400 },
      'by the generator itself 0 % of 400 calls; never sent, their user still waiting for the system: 600',
    ],
    [
      'not known',
      { callsSent: 0, latePermille: null },
      'by the generator itself not measured; never sent, their user still waiting for the system: 1,000',
    ],
    ['no load', { callsIntended: 0, callsSent: 0, latePermille: null }, 'nothing was due'],
  ])('%s', (_reason, load, words) => {
    expect(latenessWords(report(load))).toBe(words)
  })
})
