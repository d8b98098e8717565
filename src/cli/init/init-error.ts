import { HintedError } from '../../domain/hinted-error.ts'

type InitErrorKind =
  /** A flag does not fit, or the plan is there already; nothing was opened. */
  | 'usage'
  /** No server there that tells its tools. */
  | 'server'

/** No plan was written. Exit code 64 for usage, else 3: nothing was learnt of the server's tools. */
export class InitError extends HintedError<InitErrorKind> {
  constructor(kind: InitErrorKind, message: string, hint: string, options: ErrorOptions = {}) {
    super('InitError', { kind, message, hint, ...options }, kind === 'usage' ? 64 : 3)
  }
}
