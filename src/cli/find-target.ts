import type { Plan } from '../domain/plan.ts'
import { LoadError } from '../load/load-error.ts'
import type { WeightedTool } from '../load/workload.ts'
import type { McpAccess } from '../mcp-client/access.ts'
import type { McpClient } from '../mcp-client/client.ts'
import { McpClientError } from '../mcp-client/client-error.ts'
import { connect } from '../mcp-client/connect.ts'
import { type McpTarget, plainTarget } from '../mcp-client/target.ts'
import type { RunningStack } from '../stack/running-stack.ts'
import { StackError } from '../stack/stack-error.ts'
import { loginHint } from './access.ts'

/** A server that takes longer for its first answer, without load, has no room for any. */
const limitMs = 10_000

export interface FindSpec {
  readonly plan: Pick<Plan, 'stack'>
  readonly stack: Pick<RunningStack, 'kind' | 'mcpUrl' | 'serverId'>
  readonly access: McpAccess
  readonly tools: readonly WeightedTool[]
  readonly note: (text: string) => void
}

/**
 * Finds out where the users go and which era they speak. An external server must answer, and list every tool that is to be
 * called; one that Squall has started is taken as it is where it does not tell.
 * @throws StackError `server_does_not_answer` (exit 3); LoadError `workload` (exit 64)
 */
export async function findTarget(spec: FindSpec): Promise<McpTarget> {
  const { plan, stack, access } = spec
  const server = plan.stack.nodes[stack.serverId]
  const isReference = stack.kind === 'local' && (server?.command ?? null) === null
  // The reference server speaks both; its users keep sessions, as those do that it stands for.
  if (isReference) return plainTarget(stack.mcpUrl, server?.era ?? 'legacy')
  try {
    // The modern era is asked for even where the plan says it, since the answer also tells where the address leads.
    const era = server?.era === 'legacy' ? { era: server.era } : {}
    await using client = await connect(stack.mcpUrl, { ...access, ...era, limitMs, name: 'squall-look' })
    if (server?.era !== undefined && client.era !== server.era)
      throw new McpClientError('protocol', `it speaks ${client.version}, and the plan wants the era ${server.era}`)
    if (stack.kind === 'external') await checkTools(client, spec)
    return { ...access, url: client.url, era: client.era }
  } catch (error) {
    if (!(error instanceof McpClientError)) throw error
    if (stack.kind !== 'external') return plainTarget(stack.mcpUrl, server?.era ?? null)
    throw new StackError({
      kind: 'server_does_not_answer',
      message: `${stack.mcpUrl} does not answer as an MCP server: ${error.message}`,
      hint: error.kind === 'unauthorized' ? loginHint(access, loginKeys) : hints[error.kind],
      cause: error,
    })
  }
}

const loginKeys = 'stack.nodes.server.auth: {env: MCP_TOKEN}'
const hints: Readonly<Record<Exclude<McpClientError['kind'], 'unauthorized'>, string>> = {
  transport: 'does it run, and is that its address?',
  timeout: 'does it answer anybody?',
  redirect: 'give the address that it leads to, if that is the one to test',
  host: 'name the host in stack.allow_hosts and by --allow-host',
  too_large: 'is that an MCP server?',
  rate_limited: 'wait as long as it asks, or raise its limit for the test',
  protocol: 'is it MCP over Streamable HTTP, and is that its path?',
}

/** A listing that fails is no reason not to try: the calls tell. */
async function checkTools(client: McpClient, { tools, note }: FindSpec): Promise<void> {
  const listed = await client.listTools().catch((error: unknown) => {
    note(`its tools cannot be listed: ${error instanceof Error ? error.message : String(error)}`)
    return null
  })
  if (listed === null) return
  const names = new Set(listed.map(({ name }) => name))
  const missing = tools.filter(({ name, weight }) => weight > 0 && !names.has(name)).map(({ name }) => name)
  if (missing.length === 0) return
  const has = names.size === 0 ? 'it lists no tools' : `it lists ${shorten([...names])}`
  const message = `the server at ${client.url} does not have what the workload calls: ${shorten(missing)}; ${has}`
  const hint = 'name tools that it has (load.with.tools), or a workload for this server (load.workload)'
  throw new LoadError('workload', message, `${hint}: docs/any-server.md`)
}

function shorten(names: readonly string[]): string {
  const shownMax = 8
  const more = names.length > shownMax ? ` and ${names.length - shownMax} more` : ''
  return `${names.slice(0, shownMax).join(', ')}${more}`
}
