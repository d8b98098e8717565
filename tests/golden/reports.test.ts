import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { renderAll } from '../../reports/render.ts'
import { samples } from './samples/cases.ts'

/** UPDATE_GOLDEN=1 rewrites these files; their diff is then read by a person. */
const update = process.env.UPDATE_GOLDEN === '1'
const goldenBytesMax = 200 * 1024
/** report.json of a sample is in its report.html, so it has no golden file of its own. */
const goldenFormats = ['report.html', 'junit.xml', 'summary.md', 'metrics.prom']

describe.each(Object.entries(samples))('%s', (name, make) => {
  const { report, series } = make()
  const files = renderAll(report, series)

  it.each(goldenFormats)('%s is the golden one, byte for byte', (format) => {
    const golden = new URL(`${name}.${format}`, import.meta.url)
    const text = files.get(format) ?? ''
    if (update) writeFileSync(golden, text)
    expect(text).toBe(readFileSync(golden, 'utf8'))
    expect(Buffer.byteLength(text)).toBeLessThan(goldenBytesMax)
  })

  it('is rendered to the same bytes again', () => {
    const again = make()
    expect(renderAll(again.report, again.series)).toEqual(files)
  })
})
