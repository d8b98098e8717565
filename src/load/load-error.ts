export type LoadErrorKind =
  /** The workload file, or the plan's words to it, do not fit. */
  | 'workload'
  /** Users could not open their sessions, or not all in time. */
  | 'sessions'
  /** The generator itself could not start or died. */
  | 'generator'

/** The load could not be made as planned. The harness, not the system under test, ends with exit code 3 or 64. */
export class LoadError extends Error {
  readonly kind: LoadErrorKind
  readonly hint: string
  readonly exitCode: number

  constructor(kind: LoadErrorKind, message: string, hint: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'LoadError'
    this.kind = kind
    this.hint = hint
    this.exitCode = kind === 'workload' ? 64 : 3
  }
}
