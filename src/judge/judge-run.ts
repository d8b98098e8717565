import type { Series } from '../domain/series.ts'
import { usPerSecond } from '../domain/time.ts'
import { type Finding, type Report, type RunHeader, type Verdict, worst } from '../domain/verdict.ts'
import { RunView } from '../measure/run-view.ts'
import { seriesOf } from '../measure/series.ts'
import { plannedLoadEndUs } from '../measure/windows.ts'
import type { RunFolder } from '../record/reader.ts'
import { newestDrillOf, recoveryNotAssessed } from './drill-age.ts'
import { drillReportOf } from './drill-report.ts'
import { judgeImplicit } from './implicit-findings.ts'
import { judgeObjectives } from './objective-findings.ts'
import { errorTable, loadSummary, measurementRows, toolRows } from './report-tables.ts'
import { roundedMeasured } from './rounding.ts'
import { summaryOf } from './summary.ts'

/**
 * Everything that a run says, from what its folder holds. Pure: the same folder gives the same report.
 * `verdict` is the worst of the judged findings; without one judged objective of the plan, or when the run did not end
 * as planned, it is never a pass.
 */
export function judgeRun(folder: RunFolder): { readonly report: Report; readonly series: Series } {
  const view = new RunView(folder)
  const asked = judgeObjectives(view)
  const implicit = judgeImplicit(view)
  const findings = [...asked.findings, ...implicit.findings]
  const leftOut = view.plan.leftOut ?? []
  const notAssessed = [...asked.notAssessed, ...leftOut, ...implicit.notAssessed, ...recoveryNotAssessed(folder.run)]
  const verdict = verdictOf(view, findings, asked.findings)
  const load = loadSummary(view)
  const measurements = measurementRows(view)
  const report: Report = {
    schemaVersion: 1,
    run: headerOf(view),
    ...newestDrillOf(folder.run),
    ...drillReportOf(view, measurements),
    verdict,
    exitCode: exitCodeOf(view, verdict),
    summary: summaryOf(view, verdict, findings, notAssessed, load),
    load,
    windows: view.windows,
    injections: view.injections,
    findings: findings.map((finding) => ({ ...finding, measured: roundedMeasured(finding.measured) })),
    notAssessed,
    advice: folder.run.advice,
    measurements,
    tools: toolRows(view),
    errors: errorTable(view),
  }
  return { report, series: seriesOf(view) }
}

/** A run that did not end as planned passes nobody, even if all that was judged lies before its end. */
function verdictOf(view: RunView, all: readonly Finding[], objectives: readonly Finding[]): Verdict {
  const judged = all.filter((finding) => finding.judged).map((finding) => finding.verdict)
  const whole = view.end.reason === 'planned' && objectives.some((finding) => finding.judged)
  return whole ? worst(judged) : worst([...judged, 'unknown'])
}

/** Interrupted before broken before the verdict's own (README.md, the table of exit codes). */
function exitCodeOf(view: RunView, verdict: Verdict): number {
  if (view.end.reason === 'interrupted') return 130
  if (view.end.reason === 'broken') return 3
  if (verdict === 'fail') return 1
  return verdict === 'unknown' && view.plan.unknown === 'fail' ? 2 : 0
}

function headerOf(view: RunView): RunHeader {
  const { run, timeline } = view.folder
  const { load, name, quick } = view.plan
  const endUs = Number.isFinite(view.end.tUs) ? Math.max(0, view.end.tUs) : 0
  const cut = timeline === null ? 'cut: the run folder has no timeline' : `cut: ${timeline.state.cut ?? 'no end row'}`
  const said = view.end.text === null ? view.end.reason : `${view.end.reason}: ${view.end.text}`
  return {
    id: run.id,
    plan: name,
    startedAt: run.startedAt,
    durationS: Number((Math.min(endUs, plannedLoadEndUs(view.plan)) / usPerSecond).toFixed(3)),
    seed: run.seed,
    quick,
    users: Math.max(0, ...load.phases.map((phase) => Math.max(phase.usersFrom, phase.usersTo))),
    paceS: load.paceMs / 1000,
    workload: load.workload,
    target: run.target,
    ended: view.end.reason === 'cut' ? cut : said,
    versions: run.versions,
    environment: run.environment,
  }
}
