import type { DiscoveredTool } from './discovered-tool.ts'

/** What the user allows beside tools that say they only read. */
export interface Consent {
  /** By name, whatever they say of themselves. */
  readonly tools: ReadonlySet<string>
  /** All that do not say that they destroy. */
  readonly writes: boolean
}

/**
 * Why a tool must not be called; null: it may. The annotations are the server's own word (MCP, ToolAnnotations): without
 * one a tool counts as one that may destroy, and one that says both that it only reads and that it destroys, too.
 */
export function whyNotCalled({ name, annotations }: DiscoveredTool, { tools, writes }: Consent): string | null {
  if (tools.has(name)) return null
  if (annotations.destructiveHint === true) return 'it says that it may destroy'
  if (annotations.readOnlyHint === true || writes) return null
  return annotations.readOnlyHint === false ? 'it says that it writes' : 'it does not say that it only reads'
}
