import { type ErrorDetail, HintedError } from '../domain/hinted-error.ts'

/** What kind of thing went wrong; told apart by this word, never by the message. */
type SetupErrorKind =
  | 'missing-tool'
  | 'download-failed'
  | 'build-failed'
  | 'wrong-file'
  | 'unreachable-folder'
  | 'database-failed'
  | 'lock-timeout'
  | 'interrupted'

/** Something the harness needs is not there and could not be made. Ends the harness with exit code 3. */
export class SetupError extends HintedError<SetupErrorKind> {
  constructor(detail: ErrorDetail<SetupErrorKind>) {
    super('SetupError', detail)
  }
}
