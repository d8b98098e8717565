import { readAnswer } from '../mcp/answer.ts'
import {
  initializeBody,
  initializedBody,
  openingHeaders,
  protocolVersion,
  sessionHeader,
  sessionHeaders,
} from '../mcp/protocol.ts'

/** Throws what fetch throws; no answer within `limitMs` is a TimeoutError. */
export async function post(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
  limitMs: number,
): Promise<Response> {
  return await fetch(url, { method: 'POST', body, headers, signal: AbortSignal.timeout(limitMs), redirect: 'error' })
}

/** A session of our own, apart from the users'; throws what fetch throws, or an error that names the status. */
export async function openSession(url: string, name: string, limitMs: number): Promise<Record<string, string>> {
  const id = `${name}-0`
  const opened = await post(url, initializeBody(id, { name, version: '1' }), openingHeaders, limitMs)
  const text = await opened.text()
  if (!opened.ok) throw new Error(`initialize: HTTP ${opened.status}`)
  const answer = readAnswer(text, id)
  const version = answer.kind === 'result' ? answer.result.protocolVersion : undefined
  const headers = sessionHeaders(
    typeof version === 'string' ? version : protocolVersion,
    opened.headers.get(sessionHeader) ?? undefined,
  )
  const told = await post(url, initializedBody(), headers, limitMs)
  await told.body?.cancel()
  return headers
}
