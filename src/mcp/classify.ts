import type { Outcome } from '../domain/outcome.ts'
import type { ToolRules } from '../domain/tool-plan.ts'
import type { Answer, Json, JsonObject } from './answer.ts'
import { asText, describeRpcError, isObject, parse, readAnswer } from './answer.ts'
import { failureBy } from './answer-rule.ts'
import type { Headers } from './dialect.ts'
import type { CallId } from './protocol.ts'
import { withoutSecrets } from './secrets.ts'
import { wrappedBy } from './wrapped.ts'

/** What became of a call, as far as the protocol tells. */
export interface Classified {
  readonly outcome: Outcome
  /** Why, for every outcome but `ok` and `expected`. Kept free of ids and ports, so that like errors have one text. */
  readonly detail?: string
  /** What the tool said, where it said something: `structuredContent`, else the first text block. */
  readonly content?: Json
}

/** Codes of failed answers that the workload declares normal. */
export type ExpectedCodes = readonly string[] | undefined

/** Longest piece of a server's text that goes into a detail; the record cuts at 500 bytes in any case. */
const quotedMax = 300

/**
 * Classifies an HTTP answer to a tool call. `rules`: the tool's own, in place of those on `status` and `success`.
 * `shown`: the headers with secrets in them, which servers quote; the detail is without them.
 */
export function classify(
  status: number,
  body: string | null,
  id: CallId,
  expected?: ExpectedCodes,
  rules?: ToolRules,
  shown: Headers = {},
): Classified {
  const found = classifyWhole(status, body, id, expected, rules)
  return found.detail === undefined ? found : { ...found, detail: quoted(found.detail, shown) }
}

/** Details are as long as the server made them. */
function classifyWhole(
  status: number,
  body: string | null,
  id: CallId,
  expected: ExpectedCodes,
  rules: ToolRules | undefined,
): Classified {
  if (status === 200) {
    const result = plainResult(body, id)
    if (result === undefined) return classifyAnswer(readAnswer(body, id), expected, rules)
    return classifyResult(result, expected, rules)
  }
  if (status === 429) return { outcome: 'rate_limited', detail: httpDetail(status, body) }
  if (status >= 200 && status < 300) return { outcome: 'wrong_answer', detail: `HTTP ${status} is no answer to a call` }
  return { outcome: 'http_error', detail: httpDetail(status, body) }
}

/** Classifies a call that got no HTTP answer: `timedOut` if the caller's own limit ended it. */
export function classifySilence(timedOut: boolean, error: string, shown: Headers = {}): Classified {
  return { outcome: timedOut ? 'timeout' : 'transport', detail: quoted(withoutPorts(error), shown) || 'no answer' }
}

/**
 * The result of the usual answer, plain JSON that carries our id, or undefined for whatever needs a closer look. Saves
 * a generator several function calls for each tool call, which its engine does slowly.
 */
function plainResult(body: string | null, id: CallId): JsonObject | undefined {
  if (body === null || body[0] !== '{') return undefined
  const message = parse(body) as { readonly id?: Json; readonly result?: Json } | undefined
  if (message === undefined || message.id !== id) return undefined
  const result = message.result
  return isObject(result) ? result : undefined
}

function classifyAnswer(answer: Answer, expected: ExpectedCodes, rules: ToolRules | undefined): Classified {
  if (answer.kind === 'unreadable') return { outcome: 'wrong_answer', detail: answer.why }
  if (answer.kind === 'error') {
    if (isExpected(answer.error.code, expected)) return { outcome: 'expected' }
    return { outcome: 'rpc_error', detail: describeRpcError(answer.error) }
  }
  return classifyResult(answer.result, expected, rules)
}

function classifyResult(result: JsonObject, expected: ExpectedCodes, rules: ToolRules | undefined): Classified {
  const content = contentOf(result)
  if (result.isError === true) return failed('tool_error', told(result, content), expected, content)
  if (content === undefined) return { outcome: 'wrong_answer', detail: 'the result has no content' }
  if (rules !== undefined) return classifyByRules(result, content, expected, rules)
  const said = told(result, content)
  return isObject(said) ? classifyContent(said, expected, content) : { outcome: 'ok', content }
}

/** What the tool said, out of any wrapper. */
function told(result: JsonObject, content: Json | undefined): Json | undefined {
  return wrappedBy(result, content) ?? content
}

function classifyByRules(result: JsonObject, content: Json, expected: ExpectedCodes, rules: ToolRules): Classified {
  const why = failureBy(rules, content)
  if (why === null) return { outcome: 'ok', content }
  return isExpected(codeOf(told(result, content)), expected)
    ? { outcome: 'expected', content }
    : { outcome: 'application_error', detail: why }
}

/**
 * The rule for tools that tell a failure in their content and not by `isError`: a `status` that says failed, or a
 * `success` that says no. The detail is as long as the server made it, with all that is in it. `content`: what is handed
 * on of it, as the server sent it.
 */
export function classifyContent(said: JsonObject, expected: ExpectedCodes, content: Json = said): Classified {
  const status = said.status
  if (said.success === false || status === 'failed' || status === 'error' || status === 'failure') {
    return failed('application_error', said, expected, content)
  }
  if (status === 'degraded') return { outcome: 'degraded', detail: describe(said), content }
  return { outcome: 'ok', content }
}

function failed(
  outcome: Outcome,
  said: Json | undefined,
  expected: ExpectedCodes,
  content: Json | undefined,
): Classified {
  if (isExpected(codeOf(said), expected)) {
    return content === undefined ? { outcome: 'expected' } : { outcome: 'expected', content }
  }
  return { outcome, detail: describe(said) }
}

/** `structuredContent`, else the first text block: as JSON where it is JSON. Servers that have none may say null. */
function contentOf(result: JsonObject): Json | undefined {
  const structured = result.structuredContent
  if (structured !== undefined && structured !== null) return structured
  const blocks = result.content
  if (!Array.isArray(blocks)) return undefined
  for (const block of blocks) {
    if (!isObject(block)) continue
    const text = block.text
    if (block.type === 'text' && typeof text === 'string') return parse(text) ?? text
  }
  // Pictures and links only: something was answered, and there is nothing in it to read.
  return null
}

/** The code of a failed answer: a `code` field, one level down in `error` too; else the text itself. */
function codeOf(content: Json | undefined): Json | undefined {
  if (!isObject(content)) return content
  const error = content.error
  return content.code ?? (isObject(error) ? error.code : undefined)
}

function isExpected(code: Json | undefined, expected: ExpectedCodes): boolean {
  return expected !== undefined && code !== undefined && expected.includes(asText(code))
}

/** The most telling short text of a failed answer. */
function describe(content: Json | undefined): string {
  if (!isObject(content)) return asText(content) || 'an error without a text'
  const error = content.error
  const source = isObject(error) ? error : content
  const text = source.message ?? (isObject(error) ? undefined : error) ?? source.reason ?? source.detail
  const code = codeOf(content)
  if (text === undefined) return code === undefined ? asText(content) : asText(code)
  return code === undefined ? asText(text) : `${asText(code)}: ${asText(text)}`
}

function httpDetail(status: number, body: string | null): string {
  const message = body === null || body === '' ? undefined : parse(body)
  const error = isObject(message) ? message.error : undefined
  const text = isObject(error) ? asText(error.message) : (body ?? '')
  return text === '' ? `HTTP ${status}` : `HTTP ${status}: ${text}`
}

/** Each connection has its own port: without this, a thousand broken connections would be a thousand kinds of error. */
function withoutPorts(error: string): string {
  return error.replace(/ ?\S+:\d+->\S+:\d+:?/g, '')
}

/** A server's text as a detail has it. Secrets first: of one that is cut, the rest would not be found. */
export function quoted(text: string, shown: Headers): string {
  const told = withoutSecrets(text, shown)
  return told.length > quotedMax ? `${told.slice(0, quotedMax)}…` : told
}
