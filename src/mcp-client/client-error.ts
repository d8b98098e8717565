export type McpClientErrorKind =
  /** No connection, or it broke. */
  | 'transport'
  | 'timeout'
  /** It leads where nothing is followed to. */
  | 'redirect'
  /** The host is not allowed; no socket was opened. */
  | 'host'
  /** More than anybody takes. */
  | 'too_large'
  /** It wants a login, or gives no right. */
  | 'unauthorized'
  | 'rate_limited'
  /** It answered, and not as MCP does. */
  | 'protocol'

/** Why a server could not be talked to. The message holds no secret that it was given. */
export class McpClientError extends Error {
  readonly kind: McpClientErrorKind
  /** Of the socket, such as ECONNREFUSED; else undefined. */
  readonly code: string | undefined
  /** How long to wait, where it was said; else undefined. */
  readonly retryAfterMs: number | undefined

  constructor(
    kind: McpClientErrorKind,
    message: string,
    more: { readonly code?: string; readonly retryAfterMs?: number; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: more.cause })
    this.name = 'McpClientError'
    this.kind = kind
    this.code = more.code
    this.retryAfterMs = more.retryAfterMs
  }
}
