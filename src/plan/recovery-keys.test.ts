import { describe, expect, it, test } from 'vitest'
import { loadSample, sampleWith } from './sample-plan.ts'

const replicated = 'primary: {role: postgres}\n    replica: {role: postgres, follows: primary}'

function planned(piece: string, replacement: string) {
  const { plan, problems } = loadSample(sampleWith(piece, replacement))
  if (plan === null) throw new Error(JSON.stringify(problems))
  return plan
}

const problemsOf = (piece: string, replacement: string) =>
  loadSample(sampleWith(piece, replacement)).problems.map(({ path, received, expected }) => [path, received, expected])

test('without these keys nothing is a drill, supervised, or counted', () => {
  const plan = planned('seed: 7', 'seed: 8')
  expect([plan.drill, plan.stack.supervisor, plan.observe.ledger]).toEqual([null, null, null])
})

describe('drill', () => {
  it('is named; a minute, no schedule and by itself unless it is said', () => {
    const usual = { name: 'failover', mode: 'automatic', horizonMs: 60_000, every: null }
    expect(planned('seed: 7', 'drill: {name: failover}').drill).toEqual(usual)
    const written = 'drill: {name: failover, mode: manual, horizon: 2 min, every: quarter}'
    expect(planned('seed: 7', written).drill).toEqual({
      ...usual,
      mode: 'manual',
      horizonMs: 120_000,
      every: 'quarter',
    })
  })

  it.each([
    ['{name: fail-over}', 'drill.name', 'fail-over', /a drill: failover/],
    ['{}', 'drill.name', 'nothing', /a value/],
    ['{name: failover, horizon: 1 s}', 'drill.horizon', '1 s', /5 s to 4 h/],
    ['{name: failover, every: day}', 'drill.every', 'day', /week, month, quarter, year/],
    ['{name: failover, mode: half}', 'drill.mode', 'half', /automatic, manual/],
  ])('%s is told', (written, path, received, expected) => {
    const [problem = []] = problemsOf('seed: 7', `drill: ${written}`)
    expect(problem).toEqual([path, received, expect.stringMatching(expected)])
  })
})

describe('supervisor', () => {
  it('restarts, and promotes where there is whom', () => {
    const restart = planned('  links:', '  supervisor: {restart: {after: 1 s}}\n  links:')
    expect(restart.stack.supervisor).toEqual({ restartAfterMs: 1_000, promoteAfterMs: null, fences: false })
    const both = `${replicated}\n  supervisor: {restart: {after: 0 s}, promote: {after: 3 s, fence: true}}`
    const { supervisor } = planned('primary: {role: postgres}', both).stack
    expect(supervisor).toEqual({ restartAfterMs: 0, promoteAfterMs: 3_000, fences: true })
  })

  it('cannot promote where no database follows another', () => {
    const [problem = []] = problemsOf('  links:', '  supervisor: {promote: {after: 3 s}}\n  links:')
    expect(problem).toEqual(['stack.supervisor.promote', expect.anything(), expect.stringContaining('no database')])
  })
})

describe('ledger', () => {
  it.each([
    ['{via: sql}', { via: ['sql'], ratePerS: 200, staleAfterMs: 1_000 }],
    ['{via: tool, rate: 50/s}', { via: ['tool'], ratePerS: 50, staleAfterMs: 1_000 }],
    ['{via: both, rate: 1000/s, stale_after: 5 s}', { via: ['tool', 'sql'], ratePerS: 1_000, staleAfterMs: 5_000 }],
  ])('%s', (written, ledger) => {
    expect(planned('observe:', `observe:\n  ledger: ${written}`).observe.ledger).toEqual(ledger)
  })

  it('is written by no tool of a workload that names none', () => {
    const { problems } = loadSample(
      sampleWith('observe:', 'observe:\n  ledger: {via: both}').replace('customer-success', 'echo'),
    )
    expect(problems.map(({ path, expected }) => [path, expected])).toContainEqual([
      'observe.ledger.via',
      expect.stringMatching(/^sql: the workload echo names no tool/),
    ])
  })

  it.each(['{via: both, rate: 5/s}', '{rate: 200/s}', '{via: post}', '{via: sql, stale_after: 50 ms}'])(
    '%s is told',
    (written) => {
      expect(problemsOf('observe:', `observe:\n  ledger: ${written}`)).toHaveLength(1)
    },
  )
})
