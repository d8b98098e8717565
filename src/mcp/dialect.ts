import type { Era } from '../domain/era.ts'
import { headerText } from './header-text.ts'
import {
  type CallId,
  type Client,
  callBodyHead,
  callBodyMiddle,
  callBodyTail,
  listToolsBody,
  openingHeaders,
  sessionHeaders,
} from './protocol.ts'

/** The stateless revision. */
export const modernVersion = '2026-07-28'

export type Headers = Readonly<Record<string, string>>

/** How requests are dressed for one server, in either era: headers and bodies. What differs is here alone. */
export interface Dialect {
  readonly era: Era
  readonly version: string
  /** null: the server keeps none, so that it cannot have forgotten one. */
  readonly sessionId: string | null
  readonly listHeaders: Headers
  listBody(id: CallId, cursor?: string): string
  /** The same object for every tool where the tool makes no difference. */
  callHeaders(tool: string): Headers
  /** A call's body up to its arguments; callBodyMiddle, the id and callBodyTail come after them. */
  callHead(tool: string): string
}

/** What `initialize` gave: the revision that the server chose, and its session. */
export function legacyDialect(version: string, sessionId: string | null): Dialect {
  const headers = sessionHeaders(version, sessionId ?? undefined)
  return {
    era: 'legacy',
    version,
    sessionId,
    listHeaders: headers,
    listBody: listToolsBody,
    callHeaders: () => headers,
    callHead: callBodyHead,
  }
}

export function modernDialect(client: Client): Dialect {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': modernVersion,
    'io.modelcontextprotocol/clientInfo': client,
    'io.modelcontextprotocol/clientCapabilities': {},
  }
  const callStart = `{"jsonrpc":"2.0","method":"tools/call","params":{"_meta":${JSON.stringify(meta)},"name":`
  return {
    era: 'modern',
    version: modernVersion,
    sessionId: null,
    listHeaders: modernHeaders('tools/list'),
    listBody(id, cursor) {
      const params = cursor === undefined ? { _meta: meta } : { _meta: meta, cursor }
      return JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/list', params })
    },
    callHeaders: (tool) => ({ ...modernHeaders('tools/call'), 'Mcp-Name': headerText(tool) }),
    callHead: (tool) => `${callStart}${JSON.stringify(tool)},"arguments":`,
  }
}

function modernHeaders(method: string): Headers {
  return { ...openingHeaders, 'MCP-Protocol-Version': modernVersion, 'Mcp-Method': method }
}

export function callBody(dialect: Dialect, id: CallId, tool: string, args: object): string {
  return dialect.callHead(tool) + JSON.stringify(args) + callBodyMiddle + JSON.stringify(id) + callBodyTail
}
