import { expect, it } from 'vitest'
import type { NewestDrill } from '../domain/past-drill.ts'
import { calmRun } from '../measure/testing/calm-run.ts'
import { readGenerated } from '../measure/testing/generated-run.ts'
import { newestDrillOf, recoveryNotAssessed } from './drill-age.ts'

const { newestDrill: _, ...run } = readGenerated(calmRun()).run
const newest: NewestDrill = { id: 'run-9', drill: 'failover', verdict: 'pass', startedAt: '2026-11-01T12:00:00.000Z' }

it.each([
  ['a moment before a week is over', '2026-11-08T11:59:59.999Z', 6],
  ['when it is over', '2026-11-08T12:00:00.000Z', 7],
  ['on the same day', '2026-11-01T18:00:00.000Z', 0],
  ['by a clock that was set back', '2026-10-30T00:00:00.000Z', 0],
  ['a start that nobody can read', 'soon', 0],
])('how old a drill is: %s', (_reason, startedAt, ageDays) => {
  expect(newestDrillOf({ ...run, startedAt, newestDrill: newest })).toEqual({ newestDrill: { ...newest, ageDays } })
})

it.each<[reason: string, found: NewestDrill | null | undefined, told: object, why: RegExp | null]>([
  ['nobody looked for one', undefined, {}, null],
  ['there is none', null, { newestDrill: null }, /^No drill was found/],
  ['it was not judged', { ...newest, verdict: null }, { newestDrill: { verdict: null } }, /run-9, has no verdict/],
  ['it failed, which is told elsewhere', { ...newest, verdict: 'fail' }, { newestDrill: { verdict: 'fail' } }, null],
])('what a gate says of recovery: %s', (_reason, found, told, why) => {
  const file = found === undefined ? run : { ...run, newestDrill: found }
  expect(newestDrillOf(file)).toMatchObject(told)
  expect('newestDrill' in newestDrillOf(file)).toBe(found !== undefined)
  const id = 'disaster-recovery-tested'
  const lacks = why === null ? [] : [expect.objectContaining({ id, why: expect.stringMatching(why) })]
  expect(recoveryNotAssessed(file)).toEqual(lacks)
})

it('a drill is advised only where one can be done', () => {
  const external = {
    ...run,
    newestDrill: null,
    plan: { ...run.plan, stack: { ...run.plan.stack, kind: 'external' } },
  } as const
  expect(recoveryNotAssessed({ ...run, newestDrill: null })[0]?.why).toContain('Do one by `squall drill`')
  expect(recoveryNotAssessed(external)[0]?.why).toMatch(/^No drill was found.* stack\.nodes\.server\.command\.$/)
  expect(recoveryNotAssessed(external)[0]?.why).not.toContain('squall drill')
})
