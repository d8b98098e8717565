import type { Finding, Measured } from '../domain/verdict.ts'
import {
  answersGate,
  maySaySame,
  questionsMin,
  sameAnswersLine,
  type Variety,
  varieties,
} from '../measure/constant-answers.ts'
import { gate, type Need, stretchOf } from '../measure/gates.ts'
import { exactly, none } from '../measure/measured.ts'
import type { RunView } from '../measure/run-view.ts'
import { evidenceFor } from './evidence.ts'
import type { Judged } from './objective-findings.ts'
import { listed } from './wording.ts'

const id = 'tool.constant_answers'
const method =
  `different answers to at least ${questionsMin} different questions, by digests of a sample of the good ones, whole and ` +
  'without what was asked, times and drawn ids'
const needs: readonly Need[] = ['answers']
/** So many tools are named in a sentence. */
const namedMax = 5

/**
 * Mock data: a tool that answers the same whatever it is asked is no evidence that anything works. A tool that says of itself
 * that it writes may answer so; of one that does not say, nobody knows. Where answers differ in nothing but what was asked,
 * times and ids, they may be made up, or there is nothing behind them: nobody knows.
 */
export function judgeAnswers(view: RunView): Judged {
  const { reads } = view.folder.run
  const run = view.window('run')
  if (reads === undefined || run === null) return { findings: [], notAssessed: [] }
  const closed = gate(view, stretchOf(view, run), []) ?? answersGate(view)
  if (closed !== null) {
    const measured = none(closed.reason, closed.why, 'count', 0, method)
    const why = `Whether tools answer the same whatever they are asked cannot be told: ${closed.why}.`
    return only(finding(view, { verdict: 'unknown', reason: closed.reason, measured, why }))
  }
  const asked = varieties(view).filter(({ tool }) => reads[tool] !== false && !maySaySame(view, tool))
  const told = asked.filter(({ questions }) => questions >= questionsMin)
  if (told.length === 0) return { findings: [], notAssessed: [{ id, measure: id, window: run.id, why: tooFew }] }
  const constant = told.filter(({ answers }) => answers === 1)
  const alike = told.filter(({ isAlike }) => isAlike)
  // Who writes may well say what became of it in the same words each time.
  const alikeThatRead = alike.filter(({ tool }) => reads[tool] === true)
  const measured = exactly(constant.length + alikeThatRead.length, 'count', told.length, method)
  const few = asked.filter(({ questions }) => questions < questionsMin)
  const untold = few.length === 0 ? '' : ` Of ${named(few)} too few different questions were asked to tell.`
  if (measured.value === 0) {
    const which = alike.length === 0 ? '' : ` ${alikeText(alike)}.`
    const why = `${told.length === 1 ? 'One tool' : `All ${told.length} tools`} gave different answers to different questions.${which}${untold}`
    return only(finding(view, { verdict: 'pass', reason: 'within_bound', measured, why }))
  }
  const texts = [
    ...(constant.length === 0 ? [] : [constantText(constant)]),
    ...(alike.length === 0 ? [] : [alikeText(alike)]),
  ]
  const why = `${texts.join('. ')}, which is no evidence that anything works.${untold}`
  const verdict = constant.some(({ tool }) => reads[tool] === true) ? 'fail' : 'unknown'
  const hint = hintFor(view, [...constant, ...alikeThatRead])
  return only(finding(view, { verdict, reason: 'constant_answers', measured, why, hint }))
}

const tooFew =
  `no tool that reads was asked ${questionsMin} different questions with a good answer to each, so that mock data would not be ` +
  'seen: give more arguments to draw from in the plan, or rows'

function constantText(constant: readonly Variety[]): string {
  const [first] = constant
  if (first !== undefined && constant.length === 1)
    return `${first.tool} gave one and the same answer to ${first.questions} different questions`
  return `${constant.length} tools gave one and the same answer to ${questionsMin} and more different questions: ${named(constant)}`
}

function alikeText(alike: readonly Variety[]): string {
  return `${named(alike)} told the same facts whatever was asked: only what was asked, times and ids differ`
}

function hintFor(view: RunView, constant: readonly Variety[]): string {
  const unsaid = constant.filter(({ tool }) => view.folder.run.reads?.[tool] !== true)
  const does = unsaid.length === 1 ? 'does' : 'do'
  const hints = unsaid.length === 0 ? '' : `${named(unsaid)} ${does} not say whether it only reads (readOnlyHint). `
  const others = constant.some(({ isAlike }) => isAlike) ? ', or give arguments that find something' : ''
  return `${hints}Look for mock data${others}. Where it is right, say so in the plan: ${sameAnswersLine(view, constant[0]?.tool ?? '')}.`
}

function named(tools: readonly Variety[]): string {
  const names = tools.slice(0, namedMax).map(({ tool }) => tool)
  return listed(tools.length > namedMax ? [...names, `${tools.length - namedMax} more`] : names)
}

function only(found: Finding): Judged {
  return { findings: [found], notAssessed: [] }
}

interface Said extends Pick<Finding, 'verdict' | 'reason' | 'why'> {
  readonly measured: Measured
  readonly hint?: string
}

function finding(view: RunView, said: Said): Finding {
  const about = { id, measure: id, window: 'run', judged: true, where: null, bound: { max: 0, unit: 'count' } } as const
  return { ...about, ...said, evidence: evidenceFor(view, needs) }
}
