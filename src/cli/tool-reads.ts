import type { HttpWorkload } from '../../scenarios/lib/http.ts'
import type { ToolReads } from '../domain/tool-reads.ts'
import type { WeightedTool } from '../load/workload.ts'
import type { ListedTool } from '../mcp-client/client.ts'
import { McpClientError } from '../mcp-client/client-error.ts'
import { connect } from '../mcp-client/connect.ts'
import type { McpTarget } from '../mcp-client/target.ts'
import { fixed } from './probe-call.ts'

/** For each page of the listing: what it says is worth no longer wait. */
const limitMs = 5_000

/**
 * What a server says of the tools that are called: the word of its listing (MCP, ToolAnnotations), null where that has none, or
 * cannot be had. One that says both that it only reads and that it destroys has said nothing.
 */
export async function readsOf(target: McpTarget, tools: readonly WeightedTool[]): Promise<ToolReads> {
  const listed = new Map((await listedAt(target)).map((tool) => [tool.name, tool]))
  return Object.fromEntries(tools.map(({ name }) => [name, readsBy(listed.get(name)?.annotations ?? {})]))
}

/** A GET only reads; other methods may change something (RFC 9110, 9.2.1). null: what would be sent is known to a user alone. */
export function readsOfRequests({ requests }: HttpWorkload): ToolReads {
  return Object.fromEntries(
    requests.map(({ name, request }) => {
      try {
        return [name, request(fixed, {}).method === 'GET']
      } catch {
        return [name, null] // it reads what a user remembers
      }
    }),
  )
}

function readsBy({ readOnlyHint, destructiveHint }: ListedTool['annotations']): boolean | null {
  if (typeof readOnlyHint !== 'boolean') return null
  return readOnlyHint && destructiveHint === true ? null : readOnlyHint
}

async function listedAt({ era, ...target }: McpTarget): Promise<readonly ListedTool[]> {
  try {
    const options = { ...target, ...(era === null ? {} : { era }), limitMs, name: 'squall-look' }
    await using client = await connect(target.url, options)
    return await client.listTools()
  } catch (error) {
    if (error instanceof McpClientError) return []
    throw error
  }
}
