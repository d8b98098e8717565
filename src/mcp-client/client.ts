import type { Era } from '../domain/era.ts'
import { askedOfClient, isObject, type JsonObject, parse, readToolListing, type ToolListing } from '../mcp/answer.ts'
import { type Classified, classify } from '../mcp/classify.ts'
import { callBody, type Dialect } from '../mcp/dialect.ts'
import type { CallId } from '../mcp/protocol.ts'
import { retryAfterMs } from '../mcp/retry-after.ts'
import { withoutSecrets } from '../mcp/secrets.ts'
import type { McpAccess } from './access.ts'
import { McpClientError } from './client-error.ts'
import { listCharactersMax, listPagesMax, listToolsMax } from './limits.ts'
import type { Line } from './post.ts'

/** A tool as the server lists it; all but its name is as it came, and may be anything. */
export interface ListedTool {
  readonly name: string
  readonly description?: string
  readonly inputSchema: JsonObject
  readonly annotations: JsonObject
}

export interface Called extends Classified {
  readonly status: number
  /** Of a 429: how long the server asks to wait, ms, bounded. */
  readonly retryAfterMs?: number
}

export interface Connected {
  readonly line: Line
  readonly access: McpAccess
  readonly limitMs: number
  readonly name: string
  readonly dialect: Dialect
  /** Opens another session in place of one that was forgotten. */
  readonly reopen: (limitMs: number) => Promise<{ readonly dialect: Dialect } | { readonly location: string }>
}

/** A conversation with one server, apart from the users'. `close` ends its session and its sockets. */
export class McpClient implements AsyncDisposable {
  readonly #connected: Connected
  /** null: the server forgot the session. */
  #dialect: Dialect | null
  #count = 0
  readonly era: Era
  /** The revision spoken. */
  readonly version: string

  constructor(connected: Connected) {
    this.#connected = connected
    this.#dialect = connected.dialect
    this.era = connected.dialect.era
    this.version = connected.dialect.version
  }

  /** Where the server is, after its redirects. */
  get url(): string {
    return this.#connected.line.url
  }

  /**
   * All tools, page by page. The listing is bounded in pages, tools and characters, and names are told once.
   * @throws McpClientError `protocol`, `too_large`, or of the way
   */
  async listTools(): Promise<readonly ListedTool[]> {
    const found = new Map<string, ListedTool>()
    const seen = new Set<string>()
    let characters = 0
    let cursor: string | undefined
    for (let page = 1; page <= listPagesMax; page++) {
      const { listing, length } = await this.#listPage(cursor)
      characters += length
      for (const tool of listing.tools) keep(tool, found)
      if (found.size > listToolsMax || characters > listCharactersMax)
        throw new McpClientError(
          'too_large',
          `tools/list: over ${listToolsMax} tools or ${listCharactersMax} characters`,
        )
      cursor = listing.nextCursor
      if (cursor === undefined) return [...found.values()]
      if (seen.has(cursor)) throw new McpClientError('protocol', 'tools/list: a page leads back to an earlier one')
      seen.add(cursor)
    }
    throw new McpClientError('too_large', `tools/list: more than ${listPagesMax} pages`)
  }

  /**
   * One call; in a new session where the server has forgotten ours. What it answered is in the outcome.
   * @throws McpClientError where it did not answer
   */
  async callTool(tool: string, args: object, limitMs?: number): Promise<Called> {
    const called = await this.callOnce(tool, args, limitMs)
    return this.#dialect === null ? await this.callOnce(tool, args, limitMs) : called
  }

  /** The same, told as it was where the server has forgotten the session: the next call opens another. */
  async callOnce(tool: string, args: object, limitMs: number = this.#connected.limitMs): Promise<Called> {
    const { line, access } = this.#connected
    const dialect = await this.#spoken(limitMs)
    const id = this.#nextId()
    const posted = await line.post({
      body: callBody(dialect, id, tool, args),
      headers: dialect.callHeaders(tool),
      limitMs,
      isAnswer: (data) => answers(data, id),
    })
    const { status, headers } = posted
    if (status === 404 && dialect.sessionId !== null) this.#dialect = null
    const classified = classify(status, posted.body, id, undefined, undefined, access.headers)
    return {
      ...classified,
      status,
      ...(status === 429 ? { retryAfterMs: retryAfterMs(headers['retry-after'], headers.date) } : {}),
    }
  }

  async close(): Promise<void> {
    const { line, limitMs } = this.#connected
    const dialect = this.#dialect
    if (dialect !== null && dialect.sessionId !== null) await line.delete(dialect.listHeaders, limitMs)
    line.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #listPage(cursor: string | undefined): Promise<{ readonly listing: ToolListing; readonly length: number }> {
    const { line, limitMs, access } = this.#connected
    for (let attempt = 1; ; attempt++) {
      const dialect = await this.#spoken(limitMs)
      const id = this.#nextId()
      const { listHeaders: headers } = dialect
      const posted = await line.post({
        body: dialect.listBody(id, cursor),
        headers,
        limitMs,
        isAnswer: (data) => answers(data, id),
      })
      if (posted.status === 404 && dialect.sessionId !== null && attempt === 1) {
        this.#dialect = null
        continue
      }
      return { listing: readPage(posted.status, posted.body, id, access), length: posted.body.length }
    }
  }

  async #spoken(limitMs: number): Promise<Dialect> {
    if (this.#dialect !== null) return this.#dialect
    const opened = await this.#connected.reopen(limitMs)
    if ('location' in opened)
      throw new McpClientError('redirect', `the server moved to ${opened.location} during the conversation`)
    this.#dialect = opened.dialect
    return opened.dialect
  }

  #nextId(): CallId {
    this.#count += 1
    return `${this.#connected.name}-${this.#count}`
  }
}

/**
 * The event with the answer, or with one that stands for a request too broken to have an id; or a request that the
 * server waits for, as no answer comes after it.
 */
function answers(data: string, id: CallId): boolean {
  const message = parse(data)
  if (!isObject(message)) return false
  if (message.method !== undefined) return askedOfClient(message) !== null
  return message.id === id || isObject(message.error)
}

function readPage(status: number, body: string, id: CallId, { headers }: McpAccess): ToolListing {
  try {
    if (status !== 200)
      throw new Error(
        `tools/list: ${classify(status, body, id, undefined, undefined, headers).detail ?? `HTTP ${status}`}`,
      )
    return readToolListing(body, id)
  } catch (error) {
    throw new McpClientError(
      'protocol',
      withoutSecrets(error instanceof Error ? error.message : String(error), headers),
    )
  }
}

/** A tool without a name cannot be called; the first of two with one name is the one that is. */
function keep(tool: JsonObject, found: Map<string, ListedTool>): void {
  const { name, description, inputSchema, annotations } = tool
  if (typeof name !== 'string' || name === '' || found.has(name)) return
  found.set(name, {
    name,
    ...(typeof description === 'string' ? { description } : {}),
    inputSchema: isObject(inputSchema) ? inputSchema : {},
    annotations: isObject(annotations) ? annotations : {},
  })
}
