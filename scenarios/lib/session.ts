import http from 'k6/http'
import type { Outcome } from '../../src/domain/outcome.ts'
import { readOpening } from '../../src/mcp/answer.ts'
import { classify, classifySilence } from '../../src/mcp/classify.ts'
import { type Dialect, type Headers, legacyDialect, modernDialect } from '../../src/mcp/dialect.ts'
import { readEra } from '../../src/mcp/era.ts'
import type { CallId } from '../../src/mcp/protocol.ts'
import { initializeBody, initializedBody, openingHeaders, sessionHeader } from '../../src/mcp/protocol.ts'
import { retryAfterMs } from '../../src/mcp/retry-after.ts'

/** Where users go, what they speak there, and which headers they show. */
export interface Place {
  readonly target: string
  /** Empty: found out. */
  readonly era: string
  readonly headers: Headers
}

export interface SessionFailure {
  readonly outcome: Outcome
  readonly detail: string
  /** The server asked to come again after that, ms. */
  readonly retryAfterMs?: number
}

/** An end that nobody answers keeps nothing but the generator. */
const endingMsMax = 2_000

const client = { name: 'squall', version: '1' }

/** Opens a session as the server's era wants it; the modern one has none. */
export function openSession(place: Place, id: CallId, timeoutMs: number): Dialect | SessionFailure {
  const modern = modernDialect(client)
  if (place.era === 'modern') return modern
  if (place.era === 'legacy') return initialize(place, id, timeoutMs)
  const asked = post(place, modern.listBody(id), modern.listHeaders, timeoutMs)
  if (asked.status === 0) return failure('tools/list', asked, id, place.headers)
  const seen = readEra(asked.status, bodyText(asked.body), id)
  if (seen.kind === 'modern') return modern
  return seen.kind === 'refused'
    ? failure('tools/list', asked, id, place.headers)
    : initialize(place, `${id}-i`, timeoutMs)
}

/** `initialize`, then `notifications/initialized`. */
function initialize(place: Place, id: CallId, timeoutMs: number): Dialect | SessionFailure {
  const opened = post(place, initializeBody(id, client), openingHeaders, timeoutMs)
  if (opened.status !== 200) return failure('initialize', opened, id, place.headers)
  const opening = readOpening(bodyText(opened.body), id)
  if (opening.kind === 'refused')
    return { outcome: opening.isError ? 'rpc_error' : 'wrong_answer', detail: `initialize: ${opening.why}` }
  const dialect = legacyDialect(opening.version, opened.headers[sessionHeader] ?? null)
  const told = post(place, initializedBody(), dialect.listHeaders, timeoutMs)
  // The protocol says 202; servers that answer 200 or 204 mean the same.
  if (told.status >= 200 && told.status <= 299) return dialect
  endSession(place, dialect)
  return failure('notifications/initialized', told, id, place.headers)
}

/** Servers keep a session until they are told that it is over, or for good. One that knows no end of sessions says 405. */
export function endSession({ target, headers }: Place, session: Dialect | undefined): void {
  if (session === undefined || session.sessionId === null) return
  http.del(target, null, { headers: { ...session.listHeaders, ...headers }, timeout: endingMsMax })
}

function post({ target, headers }: Place, body: string, own: Headers, timeoutMs: number): Answered {
  return http.post(target, body, { headers: { ...own, ...headers }, timeout: timeoutMs })
}

export interface Answered {
  readonly status: number
  readonly body: string | ArrayBuffer | null
  readonly error: string
  readonly error_code: number
  readonly headers: Readonly<Record<string, string>>
}

function failure(step: string, answered: Answered, id: CallId, shown: Headers): SessionFailure {
  const { outcome, detail } =
    answered.status === 0
      ? classifySilence(timedOut(answered.error_code), answered.error, shown)
      : classify(answered.status, bodyText(answered.body), id, undefined, undefined, shown)
  const told = { outcome, detail: `${step}: ${detail}` }
  return answered.status === 429 ? { ...told, retryAfterMs: askedToWaitMs(answered) } : told
}

/** Of a 429: how long the server asks to wait, bounded. */
export function askedToWaitMs({ headers }: Pick<Answered, 'headers'>): number {
  return retryAfterMs(headers['Retry-After'], headers.Date)
}

/**
 * k6's codes for a request that its time limit ended: 1050 while waiting, 1211 while connecting
 * (lib/netext/httpext/error_codes.go of k6 1.8.1).
 */
export function timedOut(errorCode: number): boolean {
  return errorCode === 1050 || errorCode === 1211
}

export function bodyText(body: string | ArrayBuffer | null): string | null {
  return typeof body === 'string' ? body : null
}
