import { describe, expect, it } from 'vitest'
import { calmRun, timelineOf } from '../measure/testing/calm-run.ts'
import { type GeneratedCall, readGenerated } from '../measure/testing/generated-run.ts'
import { objectiveOf, planOf } from '../measure/testing/plan-of.ts'
import { judgeRun } from './judge-run.ts'

const paceMs = 100
const workMs = 10

/** Ten users who call ten times a second for a minute, one call in flight, one waiting; nothing is answered in the stall. */
function stalled(fromMs: number, forMs: number): GeneratedCall[] {
  const rows: GeneratedCall[] = []
  const row = (user: number, intendedMs: number, readyMs: number, endMs: number | null) => {
    const isSent = endMs !== null
    const startMs = Math.max(intendedMs, readyMs)
    const times = { startedUs: isSent ? startMs * 1_000 : null, endedUs: isSent ? endMs * 1_000 : null }
    const outcome = isSent ? 'ok' : 'unsent'
    rows.push({
      user,
      tool: 0,
      intendedUs: intendedMs * 1_000,
      readyUs: readyMs * 1_000,
      ...times,
      outcome,
      error: null,
    })
  }
  for (let user = 0; user < 10; user += 1) {
    let freeMs = 0
    let waiting = false
    for (let intendedMs = user * 10; intendedMs < 60_000; intendedMs += paceMs) {
      const isHeld = freeMs > intendedMs
      if (isHeld && waiting) row(user, intendedMs, freeMs, null)
      else {
        const startMs = Math.max(intendedMs, freeMs)
        const endMs = (startMs >= fromMs && startMs < fromMs + forMs ? fromMs + forMs : startMs) + workMs
        row(user, intendedMs, freeMs, endMs)
        freeMs = endMs
      }
      waiting = isHeld
    }
  }
  return rows
}

function hintOf(calls: readonly GeneratedCall[], measure: string, max: number, verdict = 'fail'): string | undefined {
  const plan = planOf({ objectives: [objectiveOf('asked', measure, 'steady', { max })] })
  const { report } = judgeRun(readGenerated(calmRun({ plan, timeline: timelineOf(plan), calls })))
  const asked = report.findings.find(({ id }) => id === 'asked')
  expect(asked?.verdict).toBe(verdict)
  return asked?.hint
}

describe('a stall that latency shows and service time does not', () => {
  it('is explained: who waited for whom, how long, when, and why service time is silent', () => {
    // Each of 10 users has about 30 slots in 3 s: one is under way, about 29 wait or are left out.
    expect(hintOf(stalled(40_000, 3_000), 'tool.latency.p99', 50)).toMatch(
      /^29\d of 5500 calls waited for an earlier call of their own user, up to 2\.9\d? s, most of them at 4\d s\. .* service time \(p99 10 ms\)/,
    )
  })

  it('is explained too where it leaves the bound in doubt', () => {
    expect(hintOf(stalled(40_000, 3_000), 'tool.latency.p95', 50, 'unknown')).toMatch(/^29\d of 5500 calls waited/)
  })

  it('is not the explanation where the service itself is slow', () => {
    expect(hintOf(stalled(-1, 0).map(slower), 'tool.latency.p95', 50)).toBeUndefined()
    // Due 60 ms before the user was free, and 90 ms at work: most of the latency is work.
    const both = stalled(-1, 0)
      .map(slower)
      .map((call) => {
        return { ...call, intendedUs: call.intendedUs - 60_000, readyUs: call.intendedUs }
      })
    expect(hintOf(both, 'tool.latency.p95', 50)).toBeUndefined()
  })

  it('says nothing of service time, nor of the longest call', () => {
    expect(hintOf(stalled(40_000, 3_000), 'tool.latency.max', 50)).not.toMatch(/waited for an earlier/)
    expect(hintOf(stalled(40_000, 3_000), 'tool.service_time.max', 50)).not.toMatch(/waited for an earlier/)
  })
})

const slower = (call: GeneratedCall): GeneratedCall => ({ ...call, endedUs: (call.endedUs ?? 0) + 80_000 })
