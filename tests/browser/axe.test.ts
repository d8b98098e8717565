import axe from 'axe-core'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { samples } from '../golden/samples/cases.ts'
import { launch, open, type State, states } from './browser.ts'

interface Rule {
  readonly id: string
  readonly nodes: readonly { readonly html: string; readonly target: readonly unknown[] }[]
}

interface AxeResults {
  readonly violations: readonly Rule[]
  readonly incomplete: readonly Rule[]
}

/**
 * What axe leaves open and is right all the same; anything else that it leaves open fails. It does not know what lies
 * under text in a picture, nor, on a phone, under cells beyond the edge of a box that scrolls: palette.test.ts computes
 * the contrast of every pair of colours, and the same cells are judged on a desk.
 */
function excused(rule: string, html: string, state: State): boolean {
  if (rule !== 'color-contrast') return false
  return (
    html.startsWith('<text') ||
    (state.name === 'phone' && /^<(t[dh]|bdi|code|span class="small"|a href="#w)/.test(html))
  )
}

const looks: readonly State[] = states.filter(({ name }) => ['desk', 'phone', 'dark'].includes(name))
const cases = Object.entries(samples).flatMap(([name, make]) => looks.map((state) => ({ name, make, state })))

let browser: Browser
beforeAll(async () => {
  browser = await launch()
}, 60_000)
afterAll(() => browser.close())

const told = (rules: readonly Rule[]) => rules.map((rule) => `${rule.id}: ${rule.nodes[0]?.html.slice(0, 160)}`)

describe('axe', () => {
  it.each(cases)('has nothing against $name, $state.name', async ({ make, state }) => {
    const { page, close } = await open(browser, make(), state)
    await page.evaluate(axe.source)
    const results: AxeResults = await page.evaluate('axe.run(document, { resultTypes: ["violations", "incomplete"] })')
    expect(told(results.violations)).toEqual([])
    const left = results.incomplete
      .map((rule) => ({ ...rule, nodes: rule.nodes.filter((node) => !excused(rule.id, node.html, state)) }))
      .filter((rule) => rule.nodes.length > 0)
    expect(told(left)).toEqual([])
    await close()
  })
})
