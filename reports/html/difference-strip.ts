import type { ComparisonRow } from '../../src/domain/comparison.ts'
import { signed } from '../text/comparison-lines.ts'
import { html, type Markup, type Part } from './markup.ts'
import { type Colour, fill, stroke } from './palette.ts'

const heightPx = 40
const middleY = 13
const axisTextY = 36
/** Room for arrows beyond the largest number. */
const headroom = 1.15

const colours: Readonly<Record<ComparisonRow['verdict'], Colour>> = {
  regression: 'fail',
  improvement: 'pass',
  no_difference_shown: 'p95',
  too_little_evidence: 'unknown',
}

const tenth = (value: number) => Math.round(value * 10) / 10

/**
 * A difference on an axis of its own with no difference in the middle, better to the left and worse to the right: the
 * interval as a bar, the value as a dot, and tinted what is too small to count. The numbers stand beside it.
 */
export function differenceStrip(row: ComparisonRow): Part {
  const { difference, minimumEffect, better, unit } = row
  if (difference === null || !Number.isFinite(difference.value)) return null
  const worse = better === 'lower' ? 1 : -1
  const { low, high } = difference.interval
  const ends = [low, high, difference.value, minimumEffect].filter(Number.isFinite).map(Math.abs)
  const reach = Math.max(...ends) * headroom
  if (!(reach > 0)) return null
  const at = (value: number): number => tenth(Math.min(100, Math.max(0, 50 + (50 * value * worse) / reach)))
  const colour = colours[row.verdict]
  const [from, to] = [Math.min(at(low), at(high)), Math.max(at(low), at(high))]
  const label = (x: number, anchor: string, text: string): Markup =>
    html`<text x="${x}%" y="${axisTextY}" text-anchor="${anchor}" font-size="12" ${fill('soft')}>${text}</text>`
  return html`<svg width="100%" height="${heightPx}" aria-hidden="true"><rect x="${at(-minimumEffect * worse)}%" y="2" width="${tenth(at(minimumEffect * worse) - at(-minimumEffect * worse))}%" height="22" ${fill('wash')}/><line x1="0" x2="100%" y1="${middleY}" y2="${middleY}" ${stroke('grid')} stroke-width="1"/><line x1="50%" x2="50%" y1="1" y2="25" ${stroke('ink')} stroke-width="1.5"/><line x1="${from}%" x2="${to}%" y1="${middleY}" y2="${middleY}" ${stroke(colour)} stroke-width="6" stroke-opacity="0.45"/><circle cx="${at(difference.value)}%" cy="${middleY}" r="5" ${fill(colour)}/>${label(0, 'start', signed(-reach * worse, unit))}${label(50, 'middle', '0')}${label(100, 'end', signed(reach * worse, unit))}</svg>`
}
