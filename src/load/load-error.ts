import { HintedError } from '../domain/hinted-error.ts'

export type LoadErrorKind =
  /** The workload file, or the plan's words to it, do not fit. */
  | 'workload'
  /** Users could not open their sessions, or not all in time. */
  | 'sessions'
  /** The generator itself could not start or died. */
  | 'generator'

/** The load could not be made as planned. The harness, not the system under test, ends with exit code 3 or 64. */
export class LoadError extends HintedError<LoadErrorKind> {
  constructor(kind: LoadErrorKind, message: string, hint: string, options: ErrorOptions = {}) {
    super('LoadError', { kind, message, hint, ...options }, kind === 'workload' ? 64 : 3)
  }
}
