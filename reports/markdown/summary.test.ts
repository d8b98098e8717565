import { describe, expect, it } from 'vitest'
import { exhaustedPool, interrupted, passing } from '../../tests/golden/samples/cases.ts'
import { hostile, hostileTexts, largest } from '../../tests/golden/samples/stress.ts'
import { renderSummary, summaryBytesMax } from './summary.ts'

/** What Markdown would act on: everything that is not escaped and not one of our own marks. */
function active(markdown: string): string {
  return markdown.replace(/\\./g, '').replace(/<\/?(details|summary)>/g, '')
}

describe('summary.md', () => {
  it.each([
    [exhaustedPool, '# ✗ Failed'],
    [passing, '# ✓ Passed'],
    [interrupted, '# ? Inconclusive'],
  ])('begins with the verdict: %o', (make, heading) => {
    expect(renderSummary(make().report).startsWith(heading)).toBe(true)
  })

  it.each([...hostileTexts])('%s in every field acts on nothing', (_what, text) => {
    const markdown = active(renderSummary(hostile(text).report))
    const calm = active(renderSummary(hostile('plain').report))
    expect(markdown).not.toMatch(/<(?!br)[a-z/!]|\]\(|https?:\/\/|@team|\bwww\./i)
    const shape = (all: string) => all.split('\n').map((line) => [line.match(/\|/g)?.length ?? 0, /^[-#>]/.test(line)])
    expect(shape(markdown)).toEqual(shape(calm))
  })

  it('stays far below the MiB of a job summary, and says what it leaves out', () => {
    const markdown = renderSummary(largest().report)
    expect(Buffer.byteLength(markdown)).toBeLessThan(summaryBytesMax)
    expect(markdown).toContain('more are in report.json')
    expect(markdown).toContain('1950 more are in report.html')
  })
})
