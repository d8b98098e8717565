import type { JsonObject } from '../mcp/answer.ts'
import type { Classified } from '../mcp/classify.ts'

/** A tool as its server lists it. */
export interface DiscoveredTool {
  readonly name: string
  readonly description?: string
  readonly inputSchema: JsonObject
  readonly annotations: JsonObject
}

/** What calls a server's tools. Rejects where there was no answer. */
export interface ToolCaller {
  callTool(name: string, args: object, limitMs: number): Promise<Classified & { readonly retryAfterMs?: number }>
}
