import { eventData } from './events.ts'
import type { CallId } from './protocol.ts'
import { versionsUnderstood } from './protocol.ts'

/** Anything that JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
export type JsonObject = { readonly [key: string]: Json }

export interface RpcError {
  readonly code: Json | undefined
  readonly message: Json | undefined
  readonly data?: Json
}

/** What a body holds for the request with one id. `unreadable` says why it cannot be this request's answer. */
export type Answer =
  | { readonly kind: 'result'; readonly result: JsonObject }
  | { readonly kind: 'error'; readonly error: RpcError }
  | { readonly kind: 'unreadable'; readonly why: string }

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Reads the answer to request `id` from a body that is plain JSON or a stream of server-sent events. */
export function readAnswer(body: string | null, id: CallId): Answer {
  if (body === null || body === '') return unreadable('the answer has no body')
  // JSON-RPC answers are objects, and no line of an event stream begins with a brace.
  if (body.charCodeAt(0) !== braceCode) {
    const text = body.trimStart()
    if (text.charCodeAt(0) !== braceCode) return readEvents(text, id)
  }
  const message = parse(body)
  return message === undefined ? unreadable('the answer is not JSON') : readMessage(message, id)
}
const braceCode = '{'.charCodeAt(0)

function readMessage(message: Json, id: CallId): Answer {
  if (!isObject(message)) return unreadable('the answer is not a JSON-RPC message')
  const error = message.error
  // An error that stands for a request too broken to have an id carries null.
  if (message.id !== id && !(isObject(error) && (message.id === null || message.id === undefined))) {
    return unreadable("the answer carries another request's id")
  }
  if (isObject(error)) {
    const { code, message: text, data } = error
    return { kind: 'error', error: data === undefined ? { code, message: text } : { code, message: text, data } }
  }
  const result = message.result
  return isObject(result) ? { kind: 'result', result } : unreadable('the answer has neither result nor error')
}

/** Frames that are notifications or requests of the server may come before the answer, and are passed over. */
function readEvents(body: string, id: CallId): Answer {
  let other: Answer | undefined
  let asked: string | null = null
  for (const data of eventData(body)) {
    const message = parse(data)
    if (message === undefined) return unreadable('an event of the answer is not JSON')
    if (isObject(message) && message.method !== undefined) {
      asked ??= askedOfClient(message)
      continue
    }
    const answer = readMessage(message, id)
    if (answer.kind !== 'unreadable') return answer
    other ??= answer
  }
  if (asked !== null) return unreadable(`it waits for its client to answer ${asked}`)
  return other ?? unreadable('the answer is neither JSON nor an event stream with an answer')
}

/** What a server wants of its client's model, user or folders before it answers; Squall's users have none of them. */
const askedOfClients: readonly string[] = ['sampling/createMessage', 'elicitation/create', 'roots/list']

/** The method of such a request; null: the message is something else, such as a sign of life. */
export function askedOfClient({ method, id }: JsonObject): string | null {
  return id !== undefined && typeof method === 'string' && askedOfClients.includes(method) ? method : null
}

// Bound once: k6's engine looks a global up by name at every use.
const readJson: (text: string) => Json = JSON.parse

/** undefined where the text is no JSON (which JSON itself cannot say). */
export function parse(text: string): Json | undefined {
  try {
    return readJson(text)
  } catch {
    return undefined
  }
}

function unreadable(why: string): Answer {
  return { kind: 'unreadable', why }
}

/** `isError`: the server itself said no. */
export type Opening =
  | { readonly kind: 'opened'; readonly version: string }
  | { readonly kind: 'refused'; readonly why: string; readonly isError: boolean }

/** Reads the answer to `initialize`: the revision the server chose, if we speak it. */
export function readOpening(body: string | null, id: CallId): Opening {
  const answer = readAnswer(body, id)
  if (answer.kind === 'unreadable') return { kind: 'refused', why: answer.why, isError: false }
  if (answer.kind === 'error') return { kind: 'refused', why: describeRpcError(answer.error), isError: true }
  const version = answer.result.protocolVersion
  if (typeof version === 'string' && versionsUnderstood.includes(version)) return { kind: 'opened', version }
  const offered = JSON.stringify(version) ?? 'none'
  const why = `the server chose protocol version ${offered}, not one of ${versionsUnderstood}`
  return { kind: 'refused', why, isError: false }
}

export interface ToolListing {
  readonly tools: readonly JsonObject[]
  /** Ask for the next page with it; absent on the last page. */
  readonly nextCursor?: string
}

/** Reads one page of `tools/list`. Throws an Error that says what is wrong with the answer. */
export function readToolListing(body: string | null, id: CallId): ToolListing {
  const answer = readAnswer(body, id)
  if (answer.kind === 'unreadable') throw new Error(`tools/list: ${answer.why}`)
  if (answer.kind === 'error') throw new Error(`tools/list: ${describeRpcError(answer.error)}`)
  const { tools, nextCursor } = answer.result
  if (!Array.isArray(tools)) throw new Error('tools/list: the result has no list of tools')
  const listing = { tools: tools.filter(isObject) }
  return typeof nextCursor === 'string' ? { ...listing, nextCursor } : listing
}

export function describeRpcError(error: RpcError): string {
  return `JSON-RPC error ${JSON.stringify(error.code ?? null)}: ${asText(error.message)}`
}

export function asText(value: Json | undefined): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}
