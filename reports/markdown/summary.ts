import { targetText } from '../../src/domain/instances.ts'
import type { Finding, InjectionRecord, Report } from '../../src/domain/verdict.ts'
import { drillWords } from '../text/drill-words.ts'
import { boundText, comparison, counts, measuredText, subject, worstFirst } from '../text/finding-lines.ts'
import { cut } from '../text/foreign.ts'
import { latenessWords } from '../text/load-words.ts'
import { count, quantity, roundQuantity, share } from '../text/numbers.ts'
import { runTime, utc } from '../text/time.ts'
import { findingWords, runWords } from '../text/words.ts'

/** A CI job summary refuses more than 1 MiB a step (GitHub), and silently: stay far below it. */
export const summaryBytesMax = 256 * 1024
const worstRowsMax = 50
const metRowsMax = 100
const otherRowsMax = 50
const whyCharactersMax = 400

/**
 * Foreign text that cannot become markup, a link or a mention: every punctuation that Markdown reads is escaped, and
 * what GitHub turns into links by itself (`@name`, `://`, `www.`) is broken by entities.
 */
function plain(text: string, charactersMax = 200): string {
  return cut(text, charactersMax)
    .replace(/[\\`*_[\]|~$]|^[-+#>=]|(?<=^\d+)[.)]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('@', '&#64;')
    .replaceAll('://', '&#58;//')
    .replace(/\bwww\./gi, 'www&#46;')
}

const marks: Readonly<Record<Finding['verdict'], string>> = { fail: '✗', unknown: '?', pass: '✓' }

function facts(report: Report): string[] {
  const { run, load } = report
  const found = counts(report)
  const perS = load.callsPerS === null ? '' : `, ${quantity(load.callsPerS, 'calls/s')}`
  const delivered = `${count(load.callsSent)} of ${count(load.callsIntended)} calls (${share(load.callsSent, load.callsIntended)})`
  return [
    '| | |',
    '| --- | --- |',
    `| Findings | ${found.met} met, ${found.missed} missed, ${found.unknown} unknown; ${found.notAssessed} not assessed |`,
    `| Load | ${delivered}${perS} |`,
    `| Late | ${latenessWords(report)} |`,
    `| Tested | ${plain(run.target)}, workload ${plain(run.workload)}, plan ${plain(run.plan)} |`,
    `| Users | ${count(run.users)}, a call each ${roundQuantity(run.paceS, 's')} |`,
    `| When | ${plain(utc(run.startedAt))}, ${quantity(run.durationS, 's')}${run.quick ? ', durations shortened by --quick' : ''} |`,
    `| Ended | ${plain(run.ended)} |`,
    ...(report.newestDrill === undefined
      ? []
      : [`| Disaster recovery tested | ${plain(drillWords(report.newestDrill))} |`]),
    `| Run | ${plain(run.id)}, seed ${run.seed} |`,
  ]
}

function worstRows(findings: readonly Finding[]): string[] {
  const bad = worstFirst(findings.filter((finding) => finding.judged && finding.verdict !== 'pass'))
  if (bad.length === 0) return []
  const rows = bad.slice(0, worstRowsMax).map((finding) => {
    const what = `**${plain(finding.id)}** ${plain(subject(finding), 700)}`
    return `| ${marks[finding.verdict]} ${findingWords[finding.verdict]} | ${what} | ${plain(comparison(finding), 700)} | ${plain(finding.why, whyCharactersMax)}${finding.hint === undefined ? '' : ` ${plain(finding.hint, whyCharactersMax)}`} |`
  })
  const left = bad.length - rows.length
  return [
    '## What stands against it',
    '',
    '| | Objective | Measured | Why |',
    '| --- | --- | --- | --- |',
    ...rows,
    ...(left > 0 ? ['', `${left} more are in report.html and report.json.`] : []),
    '',
  ]
}

function metRows(findings: readonly Finding[]): string[] {
  const met = findings.filter((finding) => finding.judged && finding.verdict === 'pass')
  if (met.length === 0) return []
  const rows = met
    .slice(0, metRowsMax)
    .map(
      (finding) =>
        `| ${plain(finding.id)} | ${plain(subject(finding), 700)} | ${plain(measuredText(finding.measured))} | ${plain(boundText(finding.bound))} |`,
    )
  const left = met.length - rows.length
  return [
    `<details><summary>${met.length} met</summary>`,
    '',
    '| Objective | About | Measured | Bound |',
    '| --- | --- | --- | --- |',
    ...rows,
    ...(left > 0 ? ['', `${left} more are in report.json.`] : []),
    '',
    '</details>',
    '',
  ]
}

function injectionRow(injection: InjectionRecord): string {
  const edges = [injection.requestedUs, injection.observedUs, injection.healVerifiedUs, injection.settledUs]
  return `| ${plain(injection.id)} | ${plain(injection.fault)} on ${plain(targetText(injection))} | ${edges.map((us) => runTime(us)).join(' | ')} |`
}

function injectionRows(report: Report): string[] {
  if (report.injections.length === 0) return []
  const left = report.injections.length - otherRowsMax
  return [
    '## Faults',
    '',
    '| Injection | Fault | requested | observed | heal verified | settled |',
    '| --- | --- | --- | --- | --- | --- |',
    ...report.injections.slice(0, otherRowsMax).map(injectionRow),
    ...(left > 0 ? ['', `${left} more are in report.json.`] : []),
    '',
  ]
}

function listed(title: string, entries: readonly string[]): string[] {
  if (entries.length === 0) return []
  const left = entries.length - otherRowsMax
  return [
    `## ${title}`,
    '',
    ...entries.slice(0, otherRowsMax).map((entry) => `- ${entry}`),
    ...(left > 0 ? [`- ${left} more are in report.json.`] : []),
    '',
  ]
}

/** summary.md, for a CI job summary: GitHub-flavoured Markdown, below 256 KiB by the caps on its rows. */
export function renderSummary(report: Report): string {
  const notAssessed = report.notAssessed.map(
    (entry) => `**${plain(entry.id)}** (${plain(entry.measure)}): ${plain(entry.why, whyCharactersMax)}`,
  )
  const advice = report.advice.map((entry) => `${plain(entry.path)}: ${plain(entry.why, whyCharactersMax)}`)
  return [
    `# ${marks[report.verdict]} ${runWords[report.verdict]}: ${plain(report.run.plan)}`,
    '',
    plain(report.summary, 1_000),
    '',
    ...facts(report),
    '',
    ...worstRows(report.findings),
    ...metRows(report.findings),
    ...injectionRows(report),
    ...listed('Not assessed', notAssessed),
    ...listed('Advice', advice),
    'The whole report is in report.html, one file that opens in any browser.',
    '',
  ].join('\n')
}
