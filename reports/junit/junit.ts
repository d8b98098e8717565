import type { Finding, NotAssessed, Report } from '../../src/domain/verdict.ts'
import { comparison, subject } from '../text/finding-lines.ts'
import { cleaned, cut } from '../text/foreign.ts'
import { counted } from '../text/numbers.ts'

/** Test cases at most; beyond it viewers crawl. report.json has them all. */
export const casesMax = 500
const whyCharactersMax = 2_000

function xml(text: string): string {
  return cleaned(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

const xmlCut = (text: string) => xml(cut(text))

/** A finding's name across runs: its id, and its tool where one objective stands for many. No numbers in it. */
function caseName(finding: Finding): string {
  const tool = finding.where?.tool
  return tool === undefined || finding.id.includes(tool) ? cut(finding.id) : `${cut(finding.id)} [${cut(tool)}]`
}

/** `--unknown warn` lets an inconclusive run exit 0; then its unknown findings must not break the build either. */
function unknownIsWarning(report: Report): boolean {
  return report.verdict === 'unknown' && report.exitCode === 0
}

function body(finding: Finding): string {
  const { measured } = finding
  const lines = [
    cut(finding.why, whyCharactersMax),
    ...(finding.hint === undefined ? [] : [cut(finding.hint, whyCharactersMax)]),
    `measured over ${counted(measured.sampleCount, 'sample')} (${cut(measured.method)}); reason: ${finding.reason}`,
    ...finding.evidence.map((file) => `evidence: ${cut(file.file)} sha256 ${cut(file.sha256)}`),
  ]
  return lines.map(xml).join('\n')
}

function findingCase(report: Report, finding: Finding): string {
  const open = `    <testcase classname="${xml(className(report))}" name="${xml(caseName(finding))}"`
  const message = xml(comparison(finding))
  if (finding.verdict === 'fail') {
    return `${open}>\n      <failure message="${message}" type="${finding.reason}">${body(finding)}</failure>\n    </testcase>`
  }
  if (finding.verdict === 'unknown') {
    if (unknownIsWarning(report)) {
      return `${open}>\n      <system-out>warning: ${message}\n${body(finding)}</system-out>\n    </testcase>`
    }
    return `${open}>\n      <error message="${message}" type="${finding.reason}">${body(finding)}</error>\n    </testcase>`
  }
  return `${open}>\n      <system-out>${message}\n${body(finding)}</system-out>\n    </testcase>`
}

function notAssessedCase(report: Report, entry: NotAssessed): string {
  const name = xml(`${className(report)}`)
  const why = xml(cut(entry.why, whyCharactersMax))
  return `    <testcase classname="${name}" name="${xmlCut(entry.id)}">\n      <skipped message="${why}"/>\n    </testcase>`
}

function className(report: Report): string {
  return `squall.${cut(report.run.plan)}`
}

/** What viewers would show as green although it proves nothing: a run that was cut, or that judged nothing. */
function runProblem(report: Report): string | null {
  if (report.run.ended !== 'planned') return `the run did not end as planned: ${cut(report.run.ended)}`
  if (!report.findings.some((finding) => finding.judged)) return 'nothing was judged in this run'
  return null
}

function runCase(report: Report): string {
  const open = `    <testcase classname="${xml(className(report))}" name="run complete"`
  const problem = runProblem(report)
  if (problem === null) return `${open}/>`
  return `${open}>\n      <error message="${xml(problem)}" type="run">${xml(cut(report.summary, 2_000))}</error>\n    </testcase>`
}

function systemOut(report: Report, left: number): string {
  const information = report.findings.filter((finding) => !finding.judged).slice(0, casesMax)
  const lines = [
    cut(report.summary, whyCharactersMax),
    `run ${cut(report.run.id)}, seed ${report.run.seed}, target ${cut(report.run.target)}`,
    ...(left > 0 ? [`${left} more findings are in report.json`] : []),
    ...information.map((finding) => `information: ${subject(finding)}: ${comparison(finding)}`),
    ...report.advice.slice(0, casesMax).map((advice) => `advice: ${cut(advice.path)}: ${cut(advice.why)}`),
  ]
  return `    <system-out>${lines.map(xml).join('\n')}</system-out>`
}

/**
 * junit.xml: one test case a judged finding, named the same in every run of a plan; missed → failure, unknown → error
 * (only written to system-out where unknown is a warning), not assessed → skipped. One further case, `run complete`,
 * is an error when the run was cut or judged nothing.
 */
export function renderJunit(report: Report): string {
  const judged = report.findings.filter((finding) => finding.judged)
  const shown = judged.slice(0, casesMax)
  const skipped = report.notAssessed.slice(0, casesMax)
  const failures = shown.filter((finding) => finding.verdict === 'fail').length
  const unknown = unknownIsWarning(report) ? 0 : shown.filter((finding) => finding.verdict === 'unknown').length
  const errors = unknown + (runProblem(report) === null ? 0 : 1)
  const tests = shown.length + skipped.length + 1
  const totals = `tests="${tests}" failures="${failures}" errors="${errors}" skipped="${skipped.length}" time="${report.run.durationS}"`
  const when = xml(cut(report.run.startedAt.replace(/(\.\d+)?Z$/, '')))
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="squall" ${totals}>`,
    `  <testsuite name="${xml(className(report))}" ${totals} timestamp="${when}">`,
    runCase(report),
    ...shown.map((finding) => findingCase(report, finding)),
    ...skipped.map((entry) => notAssessedCase(report, entry)),
    systemOut(report, judged.length - shown.length),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}
