import type { Report } from '../../src/domain/verdict.ts'
import { drillWords } from '../text/drill-words.ts'
import { counts, worstFirst } from '../text/finding-lines.ts'
import { cut } from '../text/foreign.ts'
import { latenessWords } from '../text/load-words.ts'
import { count, counted, quantity, roundQuantity, share } from '../text/numbers.ts'
import { utc } from '../text/time.ts'
import { runWords } from '../text/words.ts'
import { evidenceFiles } from './evidence.ts'
import { worstLine } from './findings.ts'
import { foreign, html, type Markup, type Part, unbroken } from './markup.ts'
import { palette } from './palette.ts'
import { verdictShape } from './shapes.ts'

/** Findings on the first screen: it must end before the fold. */
export const worstMax = 5
const summaryCharactersMax = 600
const paperFilesMax = 12

function worst(report: Report): Part {
  const against = worstFirst(report.findings.filter((finding) => finding.judged && finding.verdict !== 'pass'))
  if (against.length === 0) return null
  const left = against.length - worstMax
  const more = left > 0 ? html`<p class="small"><a href="#findings">and ${left} more</a></p>` : null
  return html`<ul class="worst">${against.slice(0, worstMax).map(worstLine)}</ul>${more}`
}

function load(report: Report): Markup {
  const { callsIntended, callsSent, callsPerS, usersPeak } = report.load
  const rate = callsPerS === null ? 'rate not measured' : quantity(callsPerS, 'calls/s')
  const users =
    usersPeak === null ? 'users not measured' : `${count(usersPeak)} of ${counted(report.run.users, 'user')}`
  if (callsIntended === 0) return html`none, no call was intended`
  const sent = `${count(callsSent)} of ${count(callsIntended)} calls sent (${share(callsSent, callsIntended)})`
  return html`${unbroken(`${sent}, ${rate}, ${users}`)}`
}

function ended(report: Report): Part {
  const { run } = report
  if (run.ended === 'planned') return null
  return html`<p class="note"><b>The run did not end as planned:</b> ${foreign(run.ended)}. What follows is what was recorded until then.</p>`
}

function facts(report: Report): readonly (readonly [string, Part])[] {
  const { run } = report
  const found = counts(report)
  const judged = found.met + found.missed + found.unknown
  return [
    ['Tested', html`${foreign(run.target)}`],
    [
      'With',
      html`workload ${foreign(run.workload)}, ${counted(run.users, 'user')}, a call each ${roundQuantity(run.paceS, 's')}`,
    ],
    [
      'When',
      html`${utc(run.startedAt)}, for ${unbroken(quantity(run.durationS, 's'))}${run.quick ? ', shortened by --quick' : ''}`,
    ],
    [
      'Findings',
      html`<a href="#findings">${found.met} of ${judged} met</a>, ${found.missed} missed, ${found.unknown} unknown`,
    ],
    [
      'Not assessed',
      found.notAssessed === 0 ? 'none' : html`<a href="#not-assessed">${counted(found.notAssessed, 'objective')}</a>`,
    ],
    ...recovery(report),
    ['Run', foreign(run.id)],
  ]
}

/** "Disaster recovery tested": a launch criterion that one run cannot show. It is told here, and counts in no verdict. */
function recovery({ newestDrill }: Report): readonly (readonly [string, Part])[] {
  if (newestDrill === undefined) return []
  const words = unbroken(drillWords(newestDrill))
  const isAssessed = newestDrill !== null && newestDrill.verdict !== null
  return [['Recovery tested', isAssessed ? words : html`<a href="#not-assessed">${words}</a>`]]
}

/** On paper the first page must stand alone as evidence, so it names the files and their digests too. */
function onPaper(report: Report): Part {
  const files = evidenceFiles(report)
  if (files.length === 0) return null
  const items = files
    .slice(0, paperFilesMax)
    .map((file) => html`<li>${foreign(file.file)}: <code>${foreign(file.sha256)}</code></li>`)
  const left = files.length - items.length
  return html`<div class="on-paper"><p>Files that the findings rest on, with their SHA-256:</p><ul>${items}</ul>${left > 0 ? html`<p>${left} more are listed further on.</p>` : null}</div>`
}

/** The first screen answers: may we launch, what stands against it, and was enough load there to tell? */
export function firstScreen(report: Report): Markup {
  const { verdict, run } = report
  const rows = facts(report).map(
    ([name, value]) => html`<tr><th scope="row" align="left" valign="top">${name}</th><td>${value}</td></tr>`,
  )
  return html`<header class="first v-${verdict}"><p class="kicker">Squall report on plan <b>${foreign(run.plan)}</b></p><div class="screen"><div class="said"><h1>${verdictShape(verdict, 44)} <span class="word"><font color="${palette[verdict][0]}">${runWords[verdict]}</font></span></h1><p class="summary"><bdi>${cut(report.summary, summaryCharactersMax)}</bdi></p><p class="load">Load delivered: ${load(report)}. Late: ${latenessWords(report)}.</p>${ended(report)}${worst(report)}</div><table class="facts">${rows}</table></div>${onPaper(report)}</header>
`
}

const places = [
  ['drill', 'The drill'],
  ['findings', 'Findings'],
  ['charts', 'What happened when'],
  ['before-after', 'Before, during, after'],
  ['tools', 'Tools'],
  ['errors', 'Errors'],
  ['windows', 'Windows'],
  ['environment', 'Environment and evidence'],
  ['how-to-read', 'How to read this'],
] as const

/** Links to those sections that this page has. */
export function contents(present: ReadonlySet<string>): Markup {
  const links = places
    .filter(([id]) => present.has(id))
    .map(([id, name], index) => html`${index > 0 ? ' · ' : ''}<a href="#${id}">${name}</a>`)
  return html`<nav aria-label="Contents">${links}</nav>
`
}
