import { execFileSync } from 'node:child_process'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { samples } from '../golden/samples/cases.ts'
import { launch, open } from './browser.ts'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
}, 60_000)
afterAll(() => browser.close())

/** The text of a PDF by page; white space as one space. */
function pagesOf(pdf: Buffer): string[] {
  const text = execFileSync('pdftotext', ['-layout', '-', '-'], { input: pdf, maxBuffer: 64 * 1024 * 1024 })
  return text
    .toString('utf8')
    .split('\f')
    .map((page) => page.replace(/\s+/g, ' '))
}

/** Evaluated in the page: the first line of the first and the last cell in the last row of each table. */
const lastRowCells = `[...document.querySelectorAll('table:not(.plot)')].flatMap((table) => {
  const cells = [...table.rows].at(-1)?.cells ?? []
  return [cells[0], cells[cells.length - 1]].map((cell) => cell?.innerText.split('\\n')[0].trim() ?? '')
})`

describe.each(Object.entries(samples))('%s on paper', (_name, make) => {
  it('has everything, with script off', async () => {
    const sample = make()
    const state = { name: 'print', widthPx: 1_280, heightPx: 800, options: { javaScriptEnabled: false } }
    const { page, close } = await open(browser, sample, state)
    const lastCells: string[] = await page.evaluate(lastRowCells)
    const pages = pagesOf(await page.pdf({ format: 'A4' }))
    const all = pages.join(' ').replaceAll(' ', '')
    for (const finding of sample.report.findings) expect(all).toContain(finding.id)
    for (const cell of lastCells) expect(all).toContain(cell.replaceAll(' ', '').slice(0, 12))
    const first = pages[0]?.replaceAll(' ', '') ?? ''
    expect(first).toContain(sample.report.run.id.slice(0, 15))
    for (const file of sample.report.findings.flatMap((finding) => finding.evidence))
      expect(first).toContain(file.sha256.slice(0, 20))
    pages
      .filter((text) => text.trim() !== '')
      .forEach((text, index) => {
        expect(text).toContain(`${index + 1} of `)
        expect(text).toContain(`Squall run ${sample.report.run.id}`)
      })
    await close()
  })
})
