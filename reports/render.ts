import type { Series } from '../src/domain/series.ts'
import type { Report } from '../src/domain/verdict.ts'
import { renderHtml } from './html/page.ts'
import { renderJson } from './json/json.ts'
import { renderJunit } from './junit/junit.ts'
import { renderSummary } from './markdown/summary.ts'
import { renderMetrics } from './openmetrics/metrics.ts'

/** A way to tell what was found: pure, so that the same run gives the same bytes however often it is rendered. */
type Format = (report: Report, series: Series) => string

/** File name → format. A new format is one folder, one test, one line here. */
const formats: Readonly<Record<string, Format>> = {
  'report.json': (report) => renderJson(report),
  'report.html': renderHtml,
  'junit.xml': renderJunit,
  'summary.md': renderSummary,
  'metrics.prom': renderMetrics,
}

/**
 * All reports of a run by file name, as text to be written as UTF-8. No I/O, no clock.
 * @throws RangeError when the report holds a number that is not finite where JSON has no word for it.
 */
export function renderAll(report: Report, series: Series): Map<string, string> {
  return new Map(Object.entries(formats).map(([file, format]) => [file, format(report, series)]))
}
