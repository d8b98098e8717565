import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import type { State } from './browser.ts'

interface Troubles {
  readonly overlaps: readonly string[]
  readonly small: readonly string[]
  readonly blank: readonly string[]
  /** px by which the page is wider than its window. */
  readonly widerPx: number
}

const script = readFileSync(new URL('in-page-troubles.js', import.meta.url), 'utf8')

/** That nothing of a page is covered, too small, empty or beyond the edge, and that the browser does not complain. */
export async function expectNoTroubles(page: Page, state: State, complaints: readonly string[]): Promise<void> {
  // Two sandboxes forbid script of the page; the browser's own evaluation is not the page's.
  const found: Troubles = await page.evaluate(script)
  expect(found).toMatchObject({ overlaps: [], small: [], blank: [] })
  // Without a style sheet wide tables have no box to scroll in: the page itself scrolls.
  if (state.asJenkins !== true) expect(found.widerPx).toBeLessThanOrEqual(0)
  const foreseen = /^Applying inline style violates .* 'style-src 'self''/
  expect(complaints.filter((text) => state.asJenkins !== true || !foreseen.test(text))).toEqual([])
}
