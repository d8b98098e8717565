/**
 * The Model Context Protocol over Streamable HTTP as a pure codec: bodies and headers to send. Reading is in answer.ts.
 * This is the era of sessions, up to 2025-11-25; what the stateless era after it has in its place is in dialect.ts, by
 * which callers speak either.
 */

export const protocolVersion = '2025-11-25'

/** Revisions with Streamable HTTP and sessions that a server may choose instead of ours. */
export const versionsUnderstood: readonly string[] = [protocolVersion, '2025-06-18', '2025-03-26']

/** Unique among the calls of a run: servers cross answers of calls in flight that share an id. */
export type CallId = string | number

export interface Client {
  readonly name: string
  readonly version: string
}

export const sessionHeader = 'Mcp-Session-Id'

/** Headers for requests before there is a session. A server may answer in either of the accepted types. */
export const openingHeaders: Readonly<Record<string, string>> = {
  'Content-Type': 'application/json',
  Accept: 'application/json, text/event-stream',
}

/** Headers for all requests after `initialize`; a server without sessions gave no session id. */
export function sessionHeaders(version: string, sessionId: string | undefined): Record<string, string> {
  const headers: Record<string, string> = { ...openingHeaders, 'MCP-Protocol-Version': version }
  if (sessionId !== undefined) headers[sessionHeader] = sessionId
  return headers
}

export function initializeBody(id: CallId, client: Client): string {
  return request(id, 'initialize', { protocolVersion, capabilities: {}, clientInfo: client })
}

export function initializedBody(): string {
  return JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' })
}

/** `cursor` is what the page before gave as `nextCursor`; it is opaque. */
export function listToolsBody(id: CallId, cursor?: string): string {
  return request(id, 'tools/list', cursor === undefined ? {} : { cursor })
}

export function callToolBody(id: CallId, tool: string, args: object): string {
  return callBodyHead(tool) + JSON.stringify(args) + callBodyMiddle + JSON.stringify(id) + callBodyTail
}

/** The parts of a call's body around its arguments and its id, so that a generator builds the fixed part once. */
export function callBodyHead(tool: string): string {
  return `{"jsonrpc":"2.0","method":"tools/call","params":{"name":${JSON.stringify(tool)},"arguments":`
}
export const callBodyMiddle = '},"id":'
export const callBodyTail = '}'

function request(id: CallId, method: string, params: object): string {
  return JSON.stringify({ jsonrpc: '2.0', id, method, params })
}
