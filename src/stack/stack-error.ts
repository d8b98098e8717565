/** What kind of thing went wrong; told apart by this word, never by the message. */
export type StackErrorKind =
  | 'missing_binary'
  | 'port_taken'
  | 'no_space'
  | 'database_will_not_start'
  | 'proxy_will_not_start'
  | 'server_will_not_start'
  | 'service_will_not_start'
  /** What a database that was killed has left is not free yet: its lock file or its shared memory. */
  | 'still_held'
  | 'not_loopback'
  /** The plan asks for a stack that this kind cannot be. */
  | 'not_supported'
  | 'keeper_failed'
  | 'interrupted'
  /** It ran, and could not be ended. */
  | 'will_not_stop'

export interface StackErrorDetail {
  readonly kind: StackErrorKind
  /** With the last lines of the log, where there is one. */
  readonly message: string
  readonly hint: string
  readonly logPath?: string | undefined
  readonly cause?: unknown
}

/** The stack is not ready, or not ended. Ends the harness with exit code 3: nothing of it is left running. */
export class StackError extends Error {
  readonly kind: StackErrorKind
  readonly hint: string
  readonly logPath: string | undefined
  readonly exitCode = 3

  constructor(detail: StackErrorDetail) {
    super(detail.message, { cause: detail.cause })
    this.name = 'StackError'
    this.kind = detail.kind
    this.hint = detail.hint
    this.logPath = detail.logPath
  }
}
