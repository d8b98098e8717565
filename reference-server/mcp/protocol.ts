import type { Failure } from '../failure.ts'
import { allTools } from '../tools/catalogue.ts'
import type { ToolResult } from '../tools/run-tool.ts'
import type { Tool } from '../tools/tool.ts'
import { errorCodes, errorText, isObject, type Params, type RequestId, resultText } from './rpc.ts'

/** Revisions with sessions, newest first. The stateless one of 2026-07-28 is in modern.ts. */
export const protocolVersions = ['2025-11-25', '2025-06-18', '2025-03-26'] as const
const newest = protocolVersions[0]

// 54 tools in three pages: clients that ignore nextCursor see too few, and notice.
const pageSize = 20
const serverInfo = { name: 'customer-success', title: 'Customer success reference server', version: '1.0.0' }

export type CallTool = (tool: Tool, args: unknown) => Promise<ToolResult>

const toolByName = new Map(allTools.map((tool) => [tool.name, tool]))
const pages = pagesOf(allTools.map(describe))

function describe({ name, description, inputSchema, access, destructive }: Tool): Params {
  const readOnlyHint = access === 'read'
  const annotations = readOnlyHint
    ? { readOnlyHint, openWorldHint: false }
    : { readOnlyHint, destructiveHint: destructive, idempotentHint: false, openWorldHint: false }
  return { name, description, inputSchema, annotations }
}

/** Cursor → the page's JSON, made once: the list never changes. The first page's cursor is the empty text. */
function pagesOf(tools: readonly Params[]): ReadonlyMap<string, string> {
  const made = new Map<string, string>()
  for (let from = 0; from < tools.length; from += pageSize) {
    const next = from + pageSize
    const more = next < tools.length ? { nextCursor: cursorOf(next) } : {}
    made.set(from === 0 ? '' : cursorOf(from), JSON.stringify({ tools: tools.slice(from, next), ...more }))
  }
  return made
}

function cursorOf(from: number): string {
  return Buffer.from(`tools:${from}`).toString('base64url')
}

/** The version to speak with a client that asks for one: the same if we know it, else our newest. */
export function negotiate(params: Params): string {
  const asked = params.protocolVersion
  return protocolVersions.find((version) => version === asked) ?? newest
}

export function initializeResult(protocolVersion: string): string {
  return JSON.stringify({ protocolVersion, capabilities: { tools: {} }, serverInfo })
}

/** The answer to one request within a session, as JSON text. Never rejects. */
export async function answer(id: RequestId, method: string, params: Params, call: CallTool): Promise<string> {
  switch (method) {
    case 'ping':
      return resultText(id, '{}')
    case 'tools/list':
      return listTools(id, params.cursor)
    case 'tools/call':
      return callTool(id, params, call)
    default:
      return errorText(id, errorCodes.methodNotFound, `unknown method ${JSON.stringify(method.slice(0, 100))}`)
  }
}

function listTools(id: RequestId, cursor: unknown = ''): string {
  const page = typeof cursor === 'string' ? pages.get(cursor) : undefined
  return page === undefined ? errorText(id, errorCodes.invalidParams, 'unknown cursor') : resultText(id, page)
}

async function callTool(id: RequestId, params: Params, call: CallTool): Promise<string> {
  const { name, arguments: args = {} } = params
  if (typeof name !== 'string') return errorText(id, errorCodes.invalidParams, 'expected params.name to be a text')
  if (!isObject(args)) return errorText(id, errorCodes.invalidParams, 'expected params.arguments to be an object')
  const tool = toolByName.get(name)
  if (tool === undefined) {
    return errorText(id, errorCodes.invalidParams, `unknown tool ${JSON.stringify(name.slice(0, 100))}`)
  }
  const result = await call(tool, args)
  return resultText(id, result.ok ? contentJson(result.answer, false) : contentJson(failureJson(result.failure), true))
}

function failureJson({ code, message, detail }: Failure): Params {
  return { status: 'error', code, message, ...detail }
}

/** Structured content, and the same as text for clients that read only that. */
function contentJson(content: Params, isError: boolean): string {
  const json = JSON.stringify(content)
  return `{"content":[{"type":"text","text":${JSON.stringify(json)}}],"structuredContent":${json},"isError":${isError}}`
}
