import { callsKey } from '../domain/words.ts'
import type { Gate } from './gates.ts'
import type { RunView } from './run-view.ts'
import { there } from './there.ts'

/** From so many different questions on, one and the same answer is no chance. */
export const questionsMin = 10

/** How much a tool's answers differ, by a sample of its good ones. */
export interface Variety {
  readonly tool: string
  /** Different sets of arguments. */
  readonly questions: number
  /** Different answers. */
  readonly answers: number
}

/** Of each tool of which an answer was sampled, by name. */
export function varieties(view: RunView): readonly Variety[] {
  const byTool = Map.groupBy(view.folder.answers?.rows ?? [], ({ tool }) => tool)
  return [...byTool.keys()].sort().map((tool) => {
    const rows = there(byTool.get(tool))
    return {
      tool,
      questions: new Set(rows.map(({ asked }) => asked)).size,
      answers: new Set(rows.map(({ answer }) => answer)).size,
    }
  })
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
