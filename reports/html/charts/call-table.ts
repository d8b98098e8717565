import type { CallSeries } from '../../../src/domain/series.ts'
import { count, quantity } from '../../text/numbers.ts'
import { stretch } from '../../text/time.ts'
import { html, type Markup } from '../markup.ts'

/** Rows of a chart's table at most; more buckets are told in groups. */
export const tableRowsMax = 60

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

/** The highest percentile of a group of buckets: percentiles are never averaged. -1 in the series is without end. */
function highest(values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null)
  if (known.length === 0) return 'too few'
  return known.includes(-1) ? 'failed' : quantity(Math.max(...known), 'ms')
}

/** The numbers of the latency and the outcome chart: by bucket, or by groups of buckets with the highest percentile. */
export function callTable(calls: CallSeries): Markup {
  const { startUs, bucketUs, count: buckets } = calls.buckets
  const group = Math.max(1, Math.ceil(buckets / tableRowsMax))
  const rows: Markup[] = []
  for (let from = 0; from < buckets; from += group) {
    const to = Math.min(from + group, buckets)
    const span = { startUs: startUs + from * bucketUs, endUs: startUs + to * bucketUs }
    const of = (values: readonly number[]) => count(sum(values.slice(from, to)))
    const most = (values: readonly (number | null)[]) => highest(values.slice(from, to))
    rows.push(
      html`<tr><th scope="row">${stretch(span)}</th><td>${of(calls.intended)}</td><td>${of(calls.heat.failed)}</td><td>${most(calls.p50Ms)}</td><td>${most(calls.p95Ms)}</td><td>${most(calls.p99Ms)}</td></tr>`,
    )
  }
  const grouped =
    group === 1 ? null : html`<p>Each row covers ${group} buckets and shows the highest percentile among them.</p>`
  return html`${grouped}<div class="wide" tabindex="0" role="region" aria-label="Calls over time"><table><thead><tr><th scope="col">run time</th><th scope="col">calls</th><th scope="col">failed</th><th scope="col">p50</th><th scope="col">p95</th><th scope="col">p99</th></tr></thead><tbody>${rows}</tbody></table></div>`
}
