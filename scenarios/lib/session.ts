import http from 'k6/http'
import type { Outcome } from '../../src/domain/outcome.ts'
import { readOpening } from '../../src/mcp/answer.ts'
import { classify, classifySilence } from '../../src/mcp/classify.ts'
import type { CallId } from '../../src/mcp/protocol.ts'
import {
  initializeBody,
  initializedBody,
  openingHeaders,
  sessionHeader,
  sessionHeaders,
} from '../../src/mcp/protocol.ts'

/** Headers of a user's session; one object for all its calls. */
export interface Session {
  readonly headers: Record<string, string>
  /** False where the server keeps no sessions, so that it cannot have forgotten one. */
  readonly kept: boolean
}

export interface SessionFailure {
  readonly outcome: Outcome
  readonly detail: string
}

const client = { name: 'squall', version: '1' }

/** Opens a session as the protocol asks: `initialize`, then `notifications/initialized`. */
export function openSession(target: string, id: CallId, timeoutMs: number): Session | SessionFailure {
  const opened = http.post(target, initializeBody(id, client), { headers: openingHeaders, timeout: timeoutMs })
  if (opened.status !== 200) return failure('initialize', opened, id)
  const opening = readOpening(bodyText(opened.body), id)
  if (opening.kind === 'refused') return { outcome: 'wrong_answer', detail: `initialize: ${opening.why}` }
  const sessionId = opened.headers[sessionHeader]
  const headers = sessionHeaders(opening.version, sessionId)
  const told = http.post(target, initializedBody(), { headers, timeout: timeoutMs })
  // The protocol says 202; servers that answer 200 or 204 mean the same.
  if (told.status < 200 || told.status > 299) return failure('notifications/initialized', told, id)
  return { headers, kept: sessionId !== undefined }
}

interface Answered {
  readonly status: number
  readonly body: string | ArrayBuffer | null
  readonly error: string
  readonly error_code: number
}

function failure(step: string, answered: Answered, id: CallId): SessionFailure {
  const { outcome, detail } =
    answered.status === 0
      ? classifySilence(timedOut(answered.error_code), answered.error)
      : classify(answered.status, bodyText(answered.body), id)
  return { outcome, detail: `${step}: ${detail}` }
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
