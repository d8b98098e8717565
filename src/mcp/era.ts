import { isObject, type Json, readAnswer, readToolListing, type ToolListing } from './answer.ts'
import { classify } from './classify.ts'
import { type Headers, modernVersion } from './dialect.ts'
import { type CallId, versionsUnderstood } from './protocol.ts'

/** What a first `tools/list` of the modern era tells of a server. */
export type EraSeen =
  | { readonly kind: 'modern'; readonly listing: ToolListing }
  /** Ask by `initialize`. */
  | { readonly kind: 'legacy' }
  | { readonly kind: 'refused'; readonly why: string }

const errors = { headerMismatch: -32_020, unsupportedVersion: -32_022, unknownMethod: -32_601 } as const

/**
 * Reads the answer to the first request of a conversation, a modern `tools/list`. Who answers by an error of the modern
 * era speaks it; who wants a login, or less at once, would say the same to `initialize`; all others are asked by that.
 */
export function readEra(status: number, body: string | null, id: CallId, shown: Headers = {}): EraSeen {
  if (status === 401 || status === 403 || status === 429) {
    return { kind: 'refused', why: classify(status, body, id, undefined, undefined, shown).detail ?? `HTTP ${status}` }
  }
  const answer = readAnswer(body, id)
  if (answer.kind === 'result') {
    // Only this era says so; a server of the other one without sessions may answer whatever the headers say.
    const isModern = status === 200 && answer.result.resultType !== undefined
    return isModern ? readModernListing(body, id) : { kind: 'legacy' }
  }
  if (answer.kind === 'unreadable') return { kind: 'legacy' }
  const { code, message, data } = answer.error
  switch (code) {
    case errors.unsupportedVersion:
      return readSupported(data)
    case errors.headerMismatch:
      return { kind: 'refused', why: `something on the way changed the request: ${JSON.stringify(message)}` }
    case errors.unknownMethod:
      // Stateless, and has no tools; of the other era the status would be 200.
      return status === 404 ? { kind: 'modern', listing: { tools: [] } } : { kind: 'legacy' }
    default:
      return { kind: 'legacy' }
  }
}

function readModernListing(body: string | null, id: CallId): EraSeen {
  try {
    return { kind: 'modern', listing: readToolListing(body, id) }
  } catch (error) {
    return { kind: 'refused', why: error instanceof Error ? error.message : String(error) }
  }
}

function readSupported(data: Json | undefined): EraSeen {
  const supported = isObject(data) && Array.isArray(data.supported) ? data.supported : []
  if (supported.some((version) => versionsUnderstood.some((ours) => ours === version))) return { kind: 'legacy' }
  const theirs = supported.length === 0 ? 'names none' : `speaks ${supported.join(', ')}`
  const ours = [modernVersion, ...versionsUnderstood].join(', ')
  return { kind: 'refused', why: `no common protocol version: the server ${theirs}, Squall speaks ${ours}` }
}
