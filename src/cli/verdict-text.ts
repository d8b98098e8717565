import { join } from 'node:path'
import { createColors } from 'picocolors'
import { drillWords } from '../../reports/text/drill-words.ts'
import { latenessWords } from '../../reports/text/load-words.ts'
import type { Finding, Report, Verdict } from '../domain/verdict.ts'

const words: Readonly<Record<Verdict, string>> = { pass: 'PASS', fail: 'FAIL', unknown: 'INCONCLUSIVE' }
const shapes: Readonly<Record<Verdict, string>> = { pass: '✔', fail: '✘', unknown: '?' }
/** As many as fit on a screen with the rest; the report has them all. */
const shownMax = 8

function findingLine(finding: Finding): string {
  const hint = finding.hint === undefined ? '' : `\n    ${finding.hint}`
  return `  ${shapes[finding.verdict]} ${finding.id} (${finding.window}): ${finding.why}${hint}`
}

/** The end of a run as a person reads it in a terminal: the verdict, why, and where the rest is. */
export function tellVerdict(report: Report, folder: string, isTerminal: boolean): string {
  const colors = createColors(isTerminal)
  const paint = { pass: colors.green, fail: colors.red, unknown: colors.yellow }[report.verdict]
  const judged = report.findings.filter((finding) => finding.judged)
  const bad = [
    ...judged.filter((finding) => finding.verdict === 'fail'),
    ...judged.filter((finding) => finding.verdict === 'unknown'),
  ]
  const passed = judged.length - bad.length
  const advice = `${report.advice.length} ${report.advice.length === 1 ? 'piece' : 'pieces'} of advice`
  const lines = ['', paint(colors.bold(`${shapes[report.verdict]} ${words[report.verdict]}`)), report.summary]
  lines.push(...bad.slice(0, shownMax).map(findingLine))
  if (bad.length > shownMax) lines.push(`  and ${bad.length - shownMax} more in the report`)
  lines.push(
    `${passed} of ${judged.length} findings pass; ${report.notAssessed.length} not assessed; ${advice}`,
    `late: ${latenessWords(report)}`,
    ...(report.newestDrill === undefined ? [] : [`disaster recovery tested: ${drillWords(report.newestDrill)}`]),
    `report: ${join(folder, 'report.html')}`,
    '',
  )
  return lines.join('\n')
}
