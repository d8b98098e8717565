import { expect, test } from 'vitest'
import { timelineOf } from '../measure/testing/calm-run.ts'
import type { TimelineEntry } from '../measure/testing/generated-run.ts'
import { planned, report } from './testing/judged-run.ts'

const usual = planned()
const plan = planned({
  stack: { ...usual.stack, hooks: { verify: { command: ['look'], withinMs: 1_000, cwd: null, env: {} } } },
})

test.each([
  ['it ended with 0', { isOk: true, tookUs: 1_200_000 }, 'pass', 'within_bound', 1],
  ['it ended otherwise', { isOk: false, tookUs: 1_200_000 }, 'fail', 'beyond_bound', 1],
  ['it did not run', null, 'unknown', 'no_samples', 0],
] as const)('the users’ own word: %s', (_, data, verdict, reason, sampleCount) => {
  const rows = data === null ? [] : ([[60_000_000, 'hook', 'verify', data]] as const)
  const judged = report({ plan, timeline: timelineOf(plan, rows) })
  expect(judged.findings.find(({ id }) => id === 'hook.verify')).toMatchObject({
    verdict,
    reason,
    judged: true,
    measured: { sampleCount },
  })
})

test('says how long it took, where that is known, and where to look', () => {
  const whyOf = (data: object) => {
    const other: TimelineEntry = [50_000_000, 'hook', 'prepare', { isOk: false, tookUs: 9_000_000 }]
    const rows: TimelineEntry[] = [other, [60_000_000, 'hook', 'verify', { ...data }]]
    const found = report({ plan, timeline: timelineOf(plan, rows) }).findings.find(({ id }) => id === 'hook.verify')
    return found?.why
  }
  expect(whyOf({ isOk: true, tookUs: 1_200_000 })).toBe(
    'Your own command hooks.verify said that all is well after 1.2 s.',
  )
  expect(whyOf({ isOk: false })).toBe('Your own command hooks.verify failed: logs/hook-verify.log.')
})

test('without that hook nothing is said of it', () => {
  expect(report().findings.map(({ id }) => id)).not.toContain('hook.verify')
})
