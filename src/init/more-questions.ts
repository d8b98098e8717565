import type { JsonObject } from '../domain/json.ts'
import type { ToolCaller } from './discovered-tool.ts'
import type { Generated } from './generate-arguments.ts'
import { moreFailuresMax, moreMsMax, moreTookMsMax, trialMsMax } from './limits.ts'
import type { TriedTool } from './trials.ts'

export interface MoreQuestionsSpec {
  readonly tried: readonly TriedTool[]
  readonly generated: ReadonlyMap<string, Generated>
  readonly caller: ToolCaller
  readonly nowMs: () => number
  readonly signal: AbortSignal
}

/**
 * Asks each usable tool that says it only reads for more, since one question tells nothing of mock data, and is answered
 * by a cache: sets of arguments that are answered well join those of the plan. In the order of the listing. Never rejects
 * for what a server does.
 */
export async function askMore(spec: MoreQuestionsSpec): Promise<readonly TriedTool[]> {
  const untilMs = spec.nowMs() + moreMsMax
  const all: TriedTool[] = []
  for (const tried of spec.tried) all.push(await withMore(spec, tried, untilMs))
  return all
}

async function withMore(spec: MoreQuestionsSpec, tried: TriedTool, untilMs: number): Promise<TriedTool> {
  const { name, annotations } = tried.tool
  const generated = spec.generated.get(name)
  if (generated?.kind !== 'sets' || annotations.readOnlyHint !== true) return tried
  if (tried.state !== 'usable' || tried.from !== null || tried.tookMs > moreTookMsMax) return tried
  const answered: JsonObject[] = []
  let failures = 0
  for (const set of generated.more) {
    if (failures >= moreFailuresMax || spec.nowMs() >= untilMs || spec.signal.aborted) break
    if (await isAnswered(spec.caller, name, set)) answered.push(set)
    else failures += 1
  }
  return { ...tried, sets: [...tried.sets, ...answered] }
}

async function isAnswered(caller: ToolCaller, name: string, set: JsonObject): Promise<boolean> {
  try {
    const { outcome } = await caller.callTool(name, set, trialMsMax)
    return outcome === 'ok'
  } catch {
    return false
  }
}
