import type { JsonObject } from '../domain/json.ts'
import type { Json } from '../mcp/answer.ts'
import type { Classified } from '../mcp/classify.ts'
import { type Chain, chainsFor, rowsIn } from './chain.ts'
import { type Consent, whyNotCalled } from './consent.ts'
import type { DiscoveredTool, ToolCaller } from './discovered-tool.ts'
import type { Generated } from './generate-arguments.ts'
import { endlessMax, fitMsMax, pauseMsMax, silencesMax, trialMsMax, trialsMax, trialsMsMax } from './limits.ts'
import { openArguments } from './open-arguments.ts'
import { errorIn } from './said-error.ts'
import { checkOf } from './schema-check.ts'
import { withinTime } from './within-time.ts'

/** What became of a tool, and what a plan can say of it. */
export type TriedTool = { readonly tool: DiscoveredTool } & Finding
type Finding =
  /** It answered as it should. `from`: the sets are templates for rows of that answer. */
  | {
      readonly state: 'usable'
      /** An `error` in an answer that counts as right, and may not be. */
      readonly saidError?: string
      readonly sets: readonly JsonObject[]
      readonly from: Chain['from'] | null
      readonly note: string | null
      /** From the call to its answer. */
      readonly tookMs: number
    }
  /** It answered with an error: other arguments may do. `sent`: null where none could be made. */
  | { readonly state: 'needs_arguments'; readonly why: string; readonly sent: JsonObject | null }
  /** Nobody allowed to call it; it was not. */
  | { readonly state: 'not_allowed'; readonly why: string; readonly sets: readonly JsonObject[] }
  /** No answer, or none that arguments could change. */
  | { readonly state: 'failing'; readonly why: string; readonly sent: JsonObject }
  | { readonly state: 'not_tried'; readonly why: string; readonly sets: readonly JsonObject[] }

export interface TrialsSpec {
  readonly tools: readonly DiscoveredTool[]
  readonly generated: ReadonlyMap<string, Generated>
  readonly consent: Consent
  readonly caller: ToolCaller
  readonly nowMs: () => number
  readonly sleep: (ms: number) => Promise<void>
  readonly signal: AbortSignal
  readonly onTrial: (name: string) => void
}

/**
 * One call to each tool that may be called, one after the other: those first that need nothing from others, so that
 * their answers can give ids to the rest. In the order of the listing. Never rejects for what a server does.
 */
export async function tryTools(spec: TrialsSpec): Promise<readonly TriedTool[]> {
  const trials = new Trials(spec)
  await trials.run()
  return spec.tools.map((tool) => ({ tool, ...trials.findingOf(tool) }))
}

/** null: not known in time. Schema and value are both the server's, and a pattern may never end. */
function fits(tool: DiscoveredTool, args: JsonObject): boolean | null {
  return withinTime(fitMsMax, () => {
    const check = checkOf(tool.inputSchema)
    return check.kind === 'check' && check.why(args) === null
  })
}

interface Attempt {
  readonly sets: readonly [JsonObject, ...JsonObject[]]
  readonly sent: JsonObject
  readonly from: Chain['from'] | null
}

class Trials {
  readonly #spec: TrialsSpec
  readonly #findings = new Map<DiscoveredTool, Finding>()
  readonly #waiting: DiscoveredTool[] = []
  /** Of tools that wait: how an answer so far fills what they ask. */
  readonly #chained = new Map<DiscoveredTool, Attempt>()
  /** Tools whose schema once took too long: it is not asked again. */
  readonly #endless = new Set<DiscoveredTool>()
  #silences = 0

  constructor(spec: TrialsSpec) {
    this.#spec = spec
  }

  findingOf(tool: DiscoveredTool): Finding {
    return this.#findings.get(tool) ?? this.#notTried(tool, 'it was not reached')
  }

  async run(): Promise<void> {
    const { tools, consent, nowMs, signal } = this.#spec
    const untilMs = nowMs() + trialsMsMax
    for (const tool of tools) {
      const why = whyNotCalled(tool, consent)
      if (why === null) this.#waiting.push(tool)
      else this.#findings.set(tool, { state: 'not_allowed', why, sets: this.#setsOf(tool) })
    }
    for (let count = 0; this.#waiting.length > 0 && !signal.aborted; count++) {
      const [tool] = this.#waiting.splice(this.#next(), 1)
      if (tool === undefined) return
      const why = this.#whyNoMore(count, untilMs)
      if (why === null) await this.#try(tool)
      else this.#findings.set(tool, this.#notTried(tool, why))
    }
  }

  #whyNoMore(count: number, untilMs: number): string | null {
    if (this.#silences >= silencesMax) return `${silencesMax} tools in a row gave no answer`
    if (count >= trialsMax) return `only ${trialsMax} tools are tried`
    return this.#spec.nowMs() >= untilMs ? `all trials together may take ${trialsMsMax / 1_000} s` : null
  }

  /** One that needs no id, or whose id is known by now; else the first. */
  #next(): number {
    const ready = this.#waiting.findIndex(
      (tool) => openArguments(tool.inputSchema).length === 0 || this.#chained.has(tool),
    )
    return Math.max(0, ready)
  }

  #setsOf(tool: DiscoveredTool): readonly JsonObject[] {
    const generated = this.#spec.generated.get(tool.name)
    return generated?.kind === 'sets' ? generated.sets : []
  }

  #notTried(tool: DiscoveredTool, why: string): Finding {
    return { state: 'not_tried', why, sets: this.#setsOf(tool) }
  }

  /** What the others that wait could ask by way of this answer. */
  #remember(source: DiscoveredTool, content: Json): void {
    const answer = { tool: source.name, rows: rowsIn(content) }
    for (const tool of this.#waiting) {
      const [rest] = this.#setsOf(tool)
      if (rest === undefined || this.#chained.has(tool)) continue
      const chain = chainsFor(tool, rest, answer).find(({ first }) => this.#fits(tool, first))
      if (chain !== undefined) {
        this.#chained.set(tool, { sets: [chain.template], sent: chain.first, from: chain.from })
      }
    }
  }

  #fits(tool: DiscoveredTool, args: JsonObject): boolean {
    if (this.#endless.has(tool) || this.#endless.size >= endlessMax) return false
    const found = fits(tool, args)
    if (found === null) this.#endless.add(tool)
    return found ?? false
  }

  #attemptOf(tool: DiscoveredTool): Attempt | null {
    const [first, ...others] = this.#setsOf(tool)
    if (first === undefined) return null
    return this.#chained.get(tool) ?? { sets: [first, ...others], sent: first, from: null }
  }

  async #try(tool: DiscoveredTool): Promise<void> {
    const attempt = this.#attemptOf(tool)
    if (attempt === null) {
      const generated = this.#spec.generated.get(tool.name)
      const why = generated?.kind === 'none' ? generated.why : 'no arguments could be made'
      this.#findings.set(tool, { state: 'needs_arguments', why, sent: null })
      return
    }
    this.#spec.onTrial(tool.name)
    this.#findings.set(tool, await this.#call(tool, attempt))
  }

  async #call(tool: DiscoveredTool, attempt: Attempt): Promise<Finding> {
    const { sent } = attempt
    const sentAtMs = this.#spec.nowMs()
    try {
      const called = await this.#spec.caller.callTool(tool.name, sent, trialMsMax)
      const tookMs = this.#spec.nowMs() - sentAtMs
      this.#silences = 0
      if (called.outcome === 'rate_limited') await this.#spec.sleep(Math.min(called.retryAfterMs ?? 1_000, pauseMsMax))
      return this.#judge(tool, attempt, called, tookMs)
    } catch (error) {
      this.#silences += 1
      return { state: 'failing', why: error instanceof Error ? error.message : String(error), sent }
    }
  }

  #judge(
    tool: DiscoveredTool,
    { sets, sent, from }: Attempt,
    { outcome, detail, content }: Classified,
    tookMs: number,
  ): Finding {
    const why = detail ?? outcome
    if (outcome === 'ok' || outcome === 'degraded' || outcome === 'expected') {
      if (content !== undefined) this.#remember(tool, content)
      const error = outcome === 'ok' ? errorIn(content) : null
      const note = outcome === 'ok' ? null : why
      return { state: 'usable', sets, from, note, tookMs, ...(error === null ? {} : { saidError: error }) }
    }
    const refused = outcome === 'tool_error' || outcome === 'application_error' || outcome === 'rpc_error'
    const takesArguments = Object.keys(tool.inputSchema.properties ?? {}).length > 0
    if (refused && takesArguments) return { state: 'needs_arguments', why, sent }
    return { state: 'failing', why: `${outcome}: ${why}`, sent }
  }
}
