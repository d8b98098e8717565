import { callsKey } from '../domain/words.ts'
import type { AnswerRow } from '../record/reader-answers.ts'
import type { Gate } from './gates.ts'
import type { RunView } from './run-view.ts'
import { there } from './there.ts'

/** From so many different questions on, one and the same answer is no chance. */
export const questionsMin = 10

/**
 * So many facts, the same for each question, are more than an echo ("Echo: hello") or a refusal ("no customer 17"), which
 * have one, or an empty page ("page 1 of 20 a page"), which has two: they are about what was asked, and cannot all be the same.
 */
const sameFactsMin = 3

/** Of the questions that were answered alike; a fact that happens to be what was asked makes an answer another one. */
const alikeShare = 0.9

/** How much a tool's answers differ, by a sample of its good ones. */
export interface Variety {
  readonly tool: string
  /** Different sets of arguments. */
  readonly questions: number
  /** Different answers. */
  readonly answers: number
  /** They differ, and yet tell the same facts: only what was asked, times and drawn ids are different. */
  readonly isAlike: boolean
}

/** Of each tool of which an answer was sampled, by name. */
export function varieties(view: RunView): readonly Variety[] {
  const byTool = Map.groupBy(view.folder.answers?.rows ?? [], ({ tool }) => tool)
  return [...byTool.keys()].sort().map((tool) => {
    const rows = there(byTool.get(tool))
    const questions = new Set(rows.map(({ asked }) => asked)).size
    const answers = new Set(rows.map(({ answer }) => answer)).size
    return { tool, questions, answers, isAlike: answers >= alikeShare * questions && areAlike(rows, questions) }
  })
}

function areAlike(rows: readonly AnswerRow[], questions: number): boolean {
  const telling = rows.filter(({ facts }) => facts >= sameFactsMin)
  const groups = [...Map.groupBy(telling, ({ rest }) => rest).values()]
  const answered = groups.map((same) => new Set(same.map(({ asked }) => asked)).size)
  return Math.max(0, ...answered) >= alikeShare * questions
}

/** Why nothing can be told, or null: one answer that was lost may be the one that differed. */
export function answersGate(view: RunView): Gate | null {
  const states = view.folder.answers?.states ?? []
  const missing = view.plan.load.instances - states.length
  if (missing > 0)
    return { reason: 'no_samples', why: `${missing} of ${view.plan.load.instances} answers streams are not there` }
  const cut = states.find((state) => state.cut !== null)
  return cut === undefined ? null : { reason: 'stream_cut', why: `${cut.file} cannot be trusted: ${cut.cut}` }
}

/** The line of a plan by which a tool may answer the same whatever it is asked. */
export function sameAnswersLine({ plan }: RunView, tool: string): string {
  return `load.with.${callsKey[plan.load.protocol ?? 'mcp']}.${tool}.answers: same`
}

/** Whether the plan has that line. */
export function maySaySame({ plan }: RunView, tool: string): boolean {
  const said = plan.load.with[callsKey[plan.load.protocol ?? 'mcp']] as Readonly<Record<string, unknown>> | undefined
  const entry = said?.[tool] as { readonly answers?: unknown } | null | undefined
  return entry?.answers === 'same'
}
