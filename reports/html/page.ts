import type { Series } from '../../src/domain/series.ts'
import type { Report } from '../../src/domain/verdict.ts'
import { cut } from '../text/foreign.ts'
import { runWords } from '../text/words.ts'
import { beforeAfterSection } from './before-after.ts'
import { bandsOf, type Figure, renderFigure, safely } from './charts/frame.ts'
import { latencyFigure } from './charts/latency.ts'
import { outcomeFigure } from './charts/outcomes.ts'
import { connectionsFigure, poolFigure, processFigure } from './charts/resources.ts'
import { type TimeScale, timeScale } from './charts/scale.ts'
import { timelineFigure } from './charts/timeline.ts'
import { renderDocument } from './document.ts'
import { drillSection } from './drill.ts'
import { embeddedReport } from './embedded.ts'
import { environmentSection, errorsSection, windowsSection } from './evidence.ts'
import { adviceSection, findingsSection, notAssessedSection } from './findings.ts'
import { contents, firstScreen } from './first-screen.ts'
import { howToRead } from './how-to-read.ts'
import { html, type Markup } from './markup.ts'
import { pageStyle } from './style.ts'
import { toolsSection } from './tools.ts'

type ChartOf = (report: Report, series: Series, scale: TimeScale) => Figure | null

/** In the order in which they stand on the page. A new chart is one file and one line here. */
const charts: Readonly<Record<string, ChartOf>> = {
  timeline: (report, _, scale) => timelineFigure(report, scale),
  latency: (report, series, scale) => latencyFigure(report, series.calls, scale),
  outcomes: (_, series, scale) => outcomeFigure(series.calls, scale),
  pool: (_, series, scale) => poolFigure(series.pool, scale),
  connections: (_, series, scale) => connectionsFigure(series, scale),
  cpu: (_, series, scale) => processFigure(series.processes, scale),
}

function chartsSection(report: Report, series: Series): Markup {
  const scale = timeScale(series)
  const bands = bandsOf(report.injections, series.endUs)
  const drawn = Object.entries(charts).map(([id, chart]) =>
    safely(
      id,
      () => chart(report, series, scale),
      (figure) => renderFigure(scale, figure.shaded ? bands : [], figure),
    ),
  )
  const none = drawn.every((figure) => figure === null)
  const body = none ? html`<p class="note">Nothing was recorded that could be drawn.</p>` : drawn
  return html`<section id="charts"><h2>What happened when</h2><p>All charts share one time axis in seconds from the start of the load.</p>${body}</section>
`
}

/** By the id that links name, in the order of reading; what a run has nothing to say about is left out. */
function sectionsOf(report: Report, series: Series): Map<string, Markup> {
  const all: [string, Markup | null][] = [
    ['drill', drillSection(report)],
    ['findings', findingsSection(report)],
    ['not-assessed', notAssessedSection(report)],
    ['advice', adviceSection(report)],
    ['charts', chartsSection(report, series)],
    ['before-after', beforeAfterSection(report, series.calls)],
    ['tools', toolsSection(report)],
    ['errors', errorsSection(report)],
    ['windows', windowsSection(report)],
    ['environment', environmentSection(report)],
    ['how-to-read', howToRead],
  ]
  return new Map(all.filter((entry): entry is [string, Markup] => entry[1] !== null))
}

/** report.html, of one run. */
export function renderHtml(report: Report, series: Series): string {
  const sections = sectionsOf(report, series)
  return renderDocument({
    title: `${runWords[report.verdict]}: ${cut(report.run.plan, 80)}, ${cut(report.run.id, 80)}`,
    style: pageStyle(report),
    main: html`${firstScreen(report)}${contents(new Set(sections.keys()))}${[...sections.values()]}`,
    after: embeddedReport(report),
  })
}
