import { expect, test } from 'vitest'
import { calmRun, timelineOf } from '../measure/testing/calm-run.ts'
import { readGenerated, type TimelineEntry } from '../measure/testing/generated-run.ts'
import { type Fate, ledgerOf } from '../measure/testing/ledger-of.ts'
import { faultOf, objectiveOf, planOf } from '../measure/testing/plan-of.ts'
import { judgeRun } from './judge-run.ts'

const fault = faultOf({ judgedBy: 'bounded', on: 'primary', forMs: 20_000 })
const calm = planOf({ faults: [fault] })
const plan = {
  ...calm,
  stack: { ...calm.stack, supervisor: { restartAfterMs: null, promoteAfterMs: 2_000, fences: false } },
  observe: { ...calm.observe, ledger: { via: ['sql'], ratePerS: 100 } },
  drill: { name: 'failover', mode: 'automatic', horizonMs: 30_000, every: null },
  objectives: [
    objectiveOf('rto', 'recovery.rto_sustained', 'slow', { max: 3_000 }),
    objectiveOf('rpo', 'data.lost_writes', 'run', { max: 0 }),
  ],
} as const

const steps: readonly TimelineEntry[] = [
  [20_130_000, 'supervisor', 'primary', { step: 'detected' }],
  [22_140_000, 'supervisor', 'primary', { step: 'decided' }],
  [22_250_000, 'supervisor', 'primary', { step: 'promoted' }],
  [22_255_000, 'supervisor', 'primary', { step: 'routed' }],
]

function judged(fateOf: (ms: number) => Fate, of: object = plan) {
  const run = { ...plan, ...of } as typeof plan
  const timeline = [...timelineOf(run), ...steps].sort((a, b) => a[0] - b[0])
  return judgeRun(
    readGenerated(calmRun({ plan: run, timeline, ledger: ledgerOf({ everyMs: 10, toMs: 60_000, fateOf }) })),
  ).report
}

const recovered = (ms: number): Fate => ({ outcome: ms >= 20_100 && ms < 22_300 ? 'failed' : 'ok' })

test('a drill is told with its segments in order, which add up, and whose they are', () => {
  const { drill, summary, verdict } = judged(recovered)
  const told = drill?.segments.map(({ id, synthetic }) => [id, synthetic])
  expect(told).toEqual([
    ['recovery.detect', true],
    ['recovery.decide', true],
    ['recovery.promote', true],
    ['recovery.route', true],
    ['recovery.first_success', false],
    ['recovery.sustain', false],
  ])
  const sum = drill?.segments.reduce((all, { value }) => all + Number(value), 0)
  expect(sum).toBeCloseTo(Number(drill?.results.find(({ id }) => id === 'recovery.rto_sustained')?.value))
  expect(drill?.results.map(({ id }) => id)).toContain('data.lost_writes')
  expect(verdict).toBe('pass')
  expect(summary).toMatch(/^The drill failover holds: works again after 2\.3 s .*; acknowledged writes lost: 0/)
})

test('in manual mode a person decides; only what recovery is about is among the results', () => {
  const { drill } = judged(recovered, { drill: { ...plan.drill, mode: 'manual' } })
  expect(drill).toMatchObject({ horizonS: 30, mode: 'manual' })
  expect(drill?.segments.filter(({ synthetic }) => synthetic).map(({ id }) => id)).toEqual([
    'recovery.detect',
    'recovery.promote',
    'recovery.route',
  ])
  const others = drill?.results.filter(({ id }) => !/^(data|restore|recovery)\./.test(id))
  expect(others).toEqual([])
  expect(drill?.results.every(({ id, window }) => window === (id.startsWith('recovery.') ? 'slow' : 'run'))).toBe(true)
})

test('what fails is told as the drill that fails, and what proves nothing as such', () => {
  const lost = judged((ms) => (ms === 19_900 ? { outcome: 'ok', copies: 0 } : recovered(ms)))
  expect([lost.verdict, lost.summary]).toEqual([
    'fail',
    expect.stringMatching(/^The drill failover fails: .* was 1 where/),
  ])
  const idle = judged((ms) => (ms >= 19_000 && ms < 20_000 ? { outcome: 'unsent' } : recovered(ms)))
  expect([idle.verdict, idle.summary]).toEqual([
    'unknown',
    expect.stringMatching(/^The drill failover is inconclusive, and proves nothing: /),
  ])
})

test('a run that is no drill says nothing of one', () => {
  const report = judged(recovered, { drill: null })
  expect(report.drill).toBeUndefined()
  expect(report.summary).not.toContain('drill')
})
