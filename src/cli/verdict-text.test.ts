import { describe, expect, it } from 'vitest'
import { calls, report, slowInFault } from '../judge/testing/judged-run.ts'
import { poolOf } from '../measure/testing/calm-run.ts'
import { tellVerdict } from './verdict-text.ts'

const told = (...[changes]: Parameters<typeof report>): string => tellVerdict(report(changes), '/runs/one', false)

describe('the end of a run in a terminal', () => {
  it('tells what a miss points at, below the miss', () => {
    const full = poolOf({
      max: 30,
      used: (ms) => (ms >= 20_000 && ms < 30_000 ? 30 : 5),
      pending: (ms) => (ms >= 20_000 && ms < 30_000 ? 200 : 0),
    })
    expect(told({ calls: slowInFault(9_000), pool: full })).toMatch(
      /✘ slow-p95 \(slow\): Latency .* wanted at most 5 s\.\n {4}Points at the pool: its 30 connections were used up/,
    )
  })

  it('tells a late generator from a slow system, and what this machine has delivered', () => {
    const late = told({ calls: calls({ latencyMs: () => 200, lateMs: (_ms, index) => (index % 10 === 0 ? 90 : 0) }) })
    expect(late).toMatch(
      /INCONCLUSIVE[\s\S]*load\.delivered \(run\): .* says nothing about the system\. Of this machine: /,
    )
    expect(late).toMatch(/^late: by the generator itself 10\.0 % of 2,750 calls; never sent, .*: 0$/m)
    const slow = told({ calls: calls({ outcome: (_ms, index) => (index % 5 === 0 ? 'unsent' : 'ok') }) })
    expect(slow).toMatch(
      /^late: by the generator itself 0 % of 2,200 calls; never sent, .* waiting for the system: 550$/m,
    )
  })
})
