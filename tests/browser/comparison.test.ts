import axe from 'axe-core'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { renderComparisonPage } from '../../reports/html/comparison-page.ts'
import { comparisons } from '../golden/samples/comparisons.ts'
import { launch, openHtml, type State, states } from './browser.ts'
import { expectNoTroubles } from './troubles.ts'

const pages = Object.entries(comparisons).map(([name, make]) => ({ name, made: make() }))
const cases = pages.flatMap(({ name, made }) => states.map((state) => ({ name, made, state })))
const looks: readonly string[] = ['desk', 'phone', 'dark']

/** Evaluated in the page: whatever it loaded beside itself. */
const loaded = `performance.getEntriesByType('resource').map((entry) => entry.name)`

/** Evaluated in the page: of each row, whether its name and its verdict can be seen. */
const rowsSeen = `[...document.querySelectorAll('.differences tbody tr')].map((row) =>
  ['th', '.state'].map((part) => row.querySelector(part)?.checkVisibility({ visibilityProperty: true }) ?? false))`

let browser: Browser
beforeAll(async () => {
  browser = await launch()
}, 60_000)
afterAll(() => browser.close())

const opened = (made: (typeof pages)[number]['made'], state: State) =>
  openHtml(browser, renderComparisonPage(made, '/runs/compare'), state)

describe('the page of a comparison', () => {
  it.each(cases)(
    '$name, $state.name: nothing loaded, covered, too small or beyond the edge',
    async ({ made, state }) => {
      const { page, complaints, close } = await opened(made, state)
      await expectNoTroubles(page, state, complaints)
      expect(await page.evaluate(loaded)).toEqual([])
      await close()
    },
  )

  it.each(cases)('$name, $state.name: verdict and each row are there to be seen', async ({ made, state }) => {
    const { page, close } = await opened(made, state)
    expect(await page.locator('h1 .word').isVisible()).toBe(true)
    expect(await page.locator('.summary').textContent()).toBe(made.summary)
    expect(await page.evaluate(rowsSeen)).toEqual(made.rows.map(() => [true, true]))
    expect(await page.locator('.forced').count()).toBe(made.foreign.length > 0 ? 1 : 0)
    await close()
  })

  it.each(cases.filter(({ state }) => looks.includes(state.name)))(
    'axe has nothing against $name, $state.name',
    async ({ made, state }) => {
      const { page, close } = await opened(made, state)
      await page.evaluate(axe.source)
      const { violations }: { violations: readonly { id: string; nodes: readonly { html: string }[] }[] } =
        await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 160)}`)).toEqual([])
      await close()
    },
  )

  it('has other colours where people want it dark', async () => {
    const [first] = pages
    const colourIn = async (name: string) => {
      const state = states.find((one) => one.name === name)
      if (first === undefined || state === undefined) throw new Error('nothing to look at')
      const { page, close } = await opened(first.made, state)
      const colour: string = await page.evaluate('getComputedStyle(document.body).backgroundColor')
      await close()
      return colour
    }
    expect(await colourIn('dark')).not.toBe(await colourIn('desk'))
  })
})
