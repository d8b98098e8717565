/** What kind of thing went wrong; told apart by this word, never by the message. */
export type SetupErrorKind =
  | 'missing-tool'
  | 'download-failed'
  | 'build-failed'
  | 'wrong-file'
  | 'unreachable-folder'
  | 'database-failed'
  | 'lock-timeout'
  | 'interrupted'

export interface SetupErrorDetail {
  readonly kind: SetupErrorKind
  readonly message: string
  /** What to do; where something is missing, the exact command that installs it. */
  readonly hint: string
  /** The whole output of what failed. */
  readonly logPath?: string | undefined
  readonly cause?: unknown
}

/** Something the harness needs is not there and could not be made. Ends the harness with exit code 3. */
export class SetupError extends Error {
  readonly kind: SetupErrorKind
  readonly hint: string
  readonly logPath: string | undefined
  readonly exitCode = 3

  constructor(detail: SetupErrorDetail) {
    super(detail.message, { cause: detail.cause })
    this.name = 'SetupError'
    this.kind = detail.kind
    this.hint = detail.hint
    this.logPath = detail.logPath
  }
}
