/** What a user is told of an error. */
export interface ErrorDetail<Kind extends string> {
  readonly kind: Kind
  /** With the last lines of the log, where there is one. */
  readonly message: string
  /** What to do; where something is missing, the exact command that installs it. */
  readonly hint: string
  /** The whole output of what failed. */
  readonly logPath?: string | undefined
  readonly cause?: unknown
}

/** An error that ends the harness with a hint. Its kinds are told apart by their word, never by the message. */
export abstract class HintedError<Kind extends string> extends Error {
  readonly kind: Kind
  readonly hint: string
  readonly logPath: string | undefined
  /** Of the harness, not of a verdict: 3, or 64 for what the user wrote. */
  readonly exitCode: 3 | 64

  constructor(name: string, { kind, message, hint, logPath, cause }: ErrorDetail<Kind>, exitCode: 3 | 64 = 3) {
    super(message, { cause })
    this.name = name
    this.kind = kind
    this.hint = hint
    this.logPath = logPath
    this.exitCode = exitCode
  }
}
