import { describe, expect, it } from 'vitest'
import type { Window } from '../../src/domain/verdict.ts'
import { exhaustedPool } from '../../tests/golden/samples/cases.ts'
import { beforeAfterSection } from './before-after.ts'

const { report, series } = exhaustedPool()
const second = 1_000_000

/** Rows of the table as text, one a stretch. */
function rows(text: string): string[] {
  return [...text.matchAll(/<tr><th scope="row">([\s\S]*?)<\/tr>/g)].map((match) =>
    (match[1] ?? '').replace(/<[^>]+>/g, ' '),
  )
}

function withSpan(id: string, startS: number, endS: number): readonly Window[] {
  const spans = [{ startUs: startS * second, endUs: endS * second }]
  return report.windows.map((window) => (window.id === id ? { ...window, spans } : window))
}

const told = (changed = report) => beforeAfterSection(changed, series.calls)?.text ?? ''

describe('before, during and after a fault', () => {
  it('has the numbers of report.json', () => {
    const [clear, during, after] = rows(told())
    expect(clear).toMatch(/without faults .*16,000.*53\.6 ms/)
    expect(during).toMatch(/during .*at least 35\.0 s.*\+34\.9 s or more/)
    expect(after).toContain('after')
  })

  it('the strip of a window without failures shows none, though calls of its last second ran into the fault', () => {
    const strips = told({ ...report, windows: withSpan('steady.clear', 30, 45) })
    expect(strips).toMatch(/Distribution of latency, without faults: [\d,]+ good and 0 failed calls/)
  })

  it('a window shorter than a bucket has numbers and no strip', () => {
    const text = told({ ...report, windows: withSpan('slow-db.recovery', 65, 67) })
    expect(text).toContain('shorter than a bucket of the chart')
    expect(text).toContain('1 ms')
  })

  it('a difference that the intervals do not prove says so', () => {
    const near = report.measurements.map((row) => {
      return row.window === 'slow-db' && row.id === 'tool.latency.p95'
        ? { ...row, kind: 'value' as const, value: 54, interval: { low: 50, high: 58 } }
        : row
    })
    expect(rows(told({ ...report, measurements: near }))[1]).toMatch(/\+[\d.]+ ms, could be none/)
  })

  it('all strips of a fault have one axis: a call of one latency stands at one place', () => {
    const axes = [...told().matchAll(/font-size="12" text-anchor="\w+" fill="[^"]+" class="[^"]+">([\d.]+ m?s)/g)]
    expect(axes.length).toBeGreaterThan(1)
    expect(axes.length).toBeLessThan(5)
  })
})
