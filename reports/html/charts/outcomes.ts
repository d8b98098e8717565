import { isGood, type Outcome, outcomes } from '../../../src/domain/outcome.ts'
import type { CallSeries } from '../../../src/domain/series.ts'
import { usPerSecond } from '../../../src/domain/time.ts'
import { count, counted, quantity, share } from '../../text/numbers.ts'
import { outcomeWords } from '../../text/words.ts'
import { html, type Markup, unbroken } from '../markup.ts'
import { fill } from '../palette.ts'
import type { Figure, Panel } from './frame.ts'
import { heatColumnsMax, shareBars } from './heat.ts'
import { drawnLine, type Point, stepPath, thinned } from './lines.ts'
import { linearScale, type TimeScale } from './scale.ts'

const heightPx = 110
const rowPx = 32
const barTopPx = 15

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

function perSecond(values: readonly number[], calls: CallSeries): Point[] {
  const { startUs, bucketUs } = calls.buckets
  return values.map((value, index) => ({ us: startUs + index * bucketUs, value: value / (bucketUs / usPerSecond) }))
}

/** The last step needs an end of its own, or the last bucket would have no width. */
function closed(points: readonly Point[], endUs: number): Point[] {
  const last = points.at(-1)
  return last === undefined ? [] : [...points, { us: endUs, value: last.value }]
}

function goodCalls(calls: CallSeries): number[] {
  const good = outcomes.filter(isGood).map((outcome) => calls.byOutcome[outcome])
  return calls.intended.map((_, index) => sum(good.map((values) => values?.[index] ?? 0)))
}

function ratePanel(calls: CallSeries, good: readonly number[], scale: TimeScale): Panel {
  const endUs = calls.buckets.startUs + calls.buckets.count * calls.buckets.bucketUs
  const intended = closed(thinned(perSecond(calls.intended, calls)), endUs)
  const answered = closed(thinned(perSecond(good, calls)), endUs)
  const highest = Math.max(0, ...intended.map((point) => point.value ?? 0))
  const rate = linearScale(highest, 6, heightPx - 2)
  const path = stepPath(answered, scale, rate.y)
  const area =
    path === ''
      ? null
      : html`<path d="${path}V${heightPx - 2}H${scale.x(calls.buckets.startUs)}Z" fill-opacity="0.25" ${fill('p50')}/>`
  return {
    name: `Calls a second over time: intended, and answered well; up to ${quantity(highest, 'calls/s')}`,
    heightPx,
    yLabels: rate.ticks.map(({ value, y }) => ({ y, text: count(value) })),
    rightLabels: [],
    drawing: [
      area,
      drawnLine(stepPath(intended, scale, rate.y), 'ink', 1.2, '4 3', false),
      drawnLine(path, 'p95', 1.6, null, false),
    ],
    overlay: null,
  }
}

function summedColumns(values: readonly number[], group: number): number[] {
  const out: number[] = []
  values.forEach((value, index) => {
    const column = Math.floor(index / group)
    out[column] = (out[column] ?? 0) + value
  })
  return out
}

function classPanel(outcome: Outcome, values: readonly number[], calls: CallSeries, scale: TimeScale): Panel {
  const { startUs, bucketUs, count: buckets } = calls.buckets
  const group = Math.max(1, Math.ceil(buckets / heatColumnsMax))
  const columns = summedColumns(values, group)
  const edgesUs = Array.from({ length: columns.length + 1 }, (_, column) => {
    return startUs + Math.min(column * group, buckets) * bucketUs
  })
  const text = `${outcomeWords[outcome]}: ${counted(sum(values), 'call')}`
  const row = { topPx: barTopPx, heightPx: rowPx - barTopPx }
  const colour = isGood(outcome) ? 'p50' : 'fail'
  return {
    name: `${text}, share of calls over time`,
    heightPx: rowPx,
    yLabels: [],
    rightLabels: [],
    drawing: shareBars(columns, summedColumns(calls.intended, group), edgesUs, scale, row, colour),
    overlay: html`<text x="0" y="12" font-size="12" ${fill('ink')}>${text}</text>`,
  }
}

function heading(calls: CallSeries, good: readonly number[]): Markup {
  const all = sum(calls.intended)
  const bad = all - sum(good)
  if (all === 0) return html`No calls were intended`
  if (bad <= 0) return html`All ${counted(all, 'call')} were answered well`
  return html`${unbroken(`${count(bad)} of ${counted(all, 'call')} (${share(bad, all)}) were not answered well`)}`
}

function classTable(calls: CallSeries): Markup {
  const all = sum(calls.intended)
  const rows = outcomes.flatMap((outcome) => {
    const values = calls.byOutcome[outcome]
    if (values === undefined) return []
    const total = sum(values)
    return [
      html`<tr><th scope="row">${outcome}</th><td class="text">${outcomeWords[outcome]}</td><td>${count(total)}</td><td>${share(total, all)}</td></tr>`,
    ]
  })
  return html`<table><thead><tr><th scope="col">outcome</th><th scope="col" class="text">meaning</th><th scope="col">calls</th><th scope="col">of all</th></tr></thead><tbody>${rows}</tbody></table>`
}

/** What became of the calls: the rate above, then a row for each class but `ok`, so that one call is not drawn as 0. */
export function outcomeFigure(calls: CallSeries | null, scale: TimeScale): Figure | null {
  if (calls === null) return null
  const good = goodCalls(calls)
  const rows = outcomes.flatMap((outcome) => {
    const values = calls.byOutcome[outcome]
    if (outcome === 'ok' || values === undefined || sum(values) === 0) return []
    return [classPanel(outcome, values, calls, scale)]
  })
  return {
    id: 'outcomes',
    heading: heading(calls, good),
    howToRead: html`Top: calls a second, dashed as intended by the plan, solid as answered well. Below it a row for each other outcome: the height of a bar is that outcome's share of the calls of its time, and even one call is visible. Calls are counted at their intended time.`,
    panels: [ratePanel(calls, good, scale), ...rows],
    shaded: true,
    table: classTable(calls),
  }
}
