import { isGood } from '../../src/domain/outcome.ts'
import { classify } from '../../src/mcp/classify.ts'
import type { Memory, Random, ToolUse } from './workload.ts'

/** Makes a call outside the record. */
type Send = (
  use: ToolUse,
  id: string,
  args: object,
) => {
  readonly status: number
  readonly body: string | ArrayBuffer | null
  /** Of the whole call, ms. */
  readonly timings?: { readonly duration: number }
}

/** With so many the golden ratio has drawn each of five sets of arguments. */
const attemptsMax = 8
/** A source that has taken so long is asked no more: all users together must be ready within a minute. */
const askedMsMax = 5_000

/**
 * Calls each tool from whose answers others take their arguments, so that the user has some from its first slot on; with
 * other arguments while there is nothing for somebody in what it found. What fails is passed over: the calls that then
 * lack arguments say so.
 */
export function prime(tools: readonly ToolUse[], send: Send, user: number, memory: Memory): void {
  for (const [index, use] of sourcesOf(tools).entries()) {
    let tookMs = 0
    for (let attempt = 0; attempt < attemptsMax && tookMs <= askedMsMax; attempt++) {
      const answeredMs = ask(use, `${user}-p${index}-${attempt}`, send, randomOf(user + attempt), memory)
      if (answeredMs === null || use.lacks?.(memory) !== true) break
      tookMs += answeredMs
    }
  }
}

/** How long the answer took, ms; null: it failed, or its own source gave nothing. */
function ask(use: ToolUse, id: string, send: Send, random: Random, memory: Memory): number | null {
  try {
    const args = use.arguments(random, memory)
    const { status, body, timings } = send(use, id, args)
    const { outcome, content } = classify(status, textOf(body), id, use.expectedCodes, use.rules)
    if (outcome === 'ok' && content !== undefined) use.check?.(content, args, memory)
    return isGood(outcome) ? (timings?.duration ?? 0) : null
  } catch {
    return null
  }
}

function textOf(body: string | ArrayBuffer | null): string | null {
  return typeof body === 'string' ? body : null
}

/** Those whose answers are needed, each after the one that it needs itself. */
export function sourcesOf(tools: readonly ToolUse[]): readonly ToolUse[] {
  const byName = new Map(tools.map((use) => [use.name, use]))
  const found = new Set<ToolUse>()
  const visit = (name: string, depth: number) => {
    const use = byName.get(name)
    if (use === undefined || found.has(use) || depth > tools.length) return
    if (use.after !== undefined) visit(use.after, depth + 1)
    found.add(use)
  }
  for (const { after } of tools) if (after !== undefined) visit(after, 0)
  return [...found]
}

/** Spread over the users by the golden ratio: the module's own dice are cast by slot, and there is none yet. */
function randomOf(user: number): Random {
  const share = (user * 0.618_033_988_749_895) % 1
  const int = (min: number, max: number) => min + Math.floor(share * (max - min + 1))
  return { next: () => share, int, pick: (items) => items[int(0, items.length - 1)] as (typeof items)[number] }
}
