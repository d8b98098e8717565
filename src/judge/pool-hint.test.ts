import { expect, test } from 'vitest'
import { calmRun, poolOf, timelineOf } from '../measure/testing/calm-run.ts'
import { readGenerated } from '../measure/testing/generated-run.ts'
import { objectiveOf, planOf } from '../measure/testing/plan-of.ts'
import { judgeRun } from './judge-run.ts'

test('of several pools of one server the hint says that one of them was used up', () => {
  const plan = planOf({ objectives: [objectiveOf('pool', 'pool.exhausted', 'steady', { is: false })] })
  const pool = ['server/read', 'server/write']
    .flatMap((instance) =>
      poolOf({
        max: 30,
        used: (ms) => (instance === 'server/write' && ms >= 20_000 && ms < 50_000 ? 30 : 2),
        pending: (ms) => (instance === 'server/write' && ms >= 20_000 && ms < 50_000 ? 9 : 0),
        sample: (row) => ({ ...row, instance }),
      }),
    )
    .sort((a, b) => a.tUs - b.tUs)
  const { report } = judgeRun(readGenerated(calmRun({ plan, timeline: timelineOf(plan), pool })))
  const finding = report.findings.find(({ id }) => id === 'pool')
  expect(finding).toMatchObject({ verdict: 'fail', hint: expect.stringContaining('its 30 connections of a pool were') })
})
