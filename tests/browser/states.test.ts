import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inconclusive, samples } from '../golden/samples/cases.ts'
import type { Sample } from '../golden/samples/stage.ts'
import { fiveMinuteGate, hostile } from '../golden/samples/stress.ts'
import { launch, open, states } from './browser.ts'
import { expectNoTroubles } from './troubles.ts'

const longNames = () => hostile('x'.repeat(190))
const all = Object.entries({ ...samples, 'five-minute-gate': fiveMinuteGate })
const cases = states.flatMap((state) =>
  [...all, ['long names', longNames] as const].map(([name, make]) => ({
    state,
    name,
    make,
    called: `${name}, ${state.name}`,
  })),
)

/** Cut, with more findings than the first screen names. */
function crowded(): Sample {
  const { report, series } = inconclusive()
  const findings = [...report.findings, ...report.findings].map((entry, index) => ({
    ...entry,
    id: `${entry.id}-${index}`,
  }))
  return {
    report: { ...report, findings, run: { ...report.run, ended: 'cut: calls/k6-1.ndjson has no end line' } },
    series,
  }
}

let browser: Browser
beforeAll(async () => {
  browser = await launch()
}, 60_000)
afterAll(() => browser.close())

describe('the page in every state', () => {
  it.each(cases)('$called: nothing covered, nothing too small, nothing beyond the edge', async ({ state, make }) => {
    const { page, complaints, close } = await open(browser, make(), state)
    await expectNoTroubles(page, state, complaints)
    await close()
  })
})

describe('the first screen', () => {
  const folds = [...all, ['all that can stand there', crowded] as const].flatMap(([name, make]) => [
    { name, make, state: states[0], must: ['h1', '.summary', '.worst li', '.load', '.facts tr:nth-child(6)'] },
    { name, make, state: states[1], must: ['h1', '.summary', '.worst li:first-child', '.load'] },
  ])

  it.each(folds)('$name at $state.widthPx px holds all of $must', async ({ make, state, must }) => {
    if (state === undefined) throw new Error('no such state')
    const { page, close } = await open(browser, make(), state)
    for (const selector of must) {
      const boxes = await page
        .locator(selector)
        .evaluateAll((list) => list.map((one) => one.getBoundingClientRect().bottom))
      for (const bottom of boxes) expect(bottom, selector).toBeLessThanOrEqual(state.heightPx)
      if (!selector.startsWith('.worst')) expect(boxes.length).toBeGreaterThan(0)
    }
    await close()
  })
})

describe('deep links', () => {
  it.each(['f=p95-slow', 'w=steady.clear', 'tool=get_customer', 'findings', 'c=latency'])(
    '#%s is shown',
    async (id) => {
      const make = samples['exhausted-pool']
      const state = states[0]
      if (make === undefined || state === undefined) throw new Error('the sample is gone')
      const { page, close } = await open(browser, make(), { ...state, options: { reducedMotion: 'reduce' } })
      await page.goto(`${page.url()}#${id}`)
      const box = await page.locator(`[id="${id}"]`).boundingBox()
      expect(box?.y ?? -1).toBeGreaterThanOrEqual(-1)
      expect(box?.y ?? 1e6).toBeLessThan(800)
      await close()
    },
  )
})
