import { type ErrorDetail, HintedError } from '../domain/hinted-error.ts'

/** What kind of thing went wrong; told apart by this word, never by the message. */
export type StackErrorKind =
  | 'missing_binary'
  | 'port_taken'
  | 'no_space'
  | 'database_will_not_start'
  | 'proxy_will_not_start'
  | 'server_will_not_start'
  | 'service_will_not_start'
  /** It runs elsewhere, or not at all. */
  | 'server_does_not_answer'
  /** What a database that was killed has left is not free yet: its lock file or its shared memory. */
  | 'still_held'
  /** One that Squall did not start does not answer, or does not let us in. */
  | 'database_does_not_answer'
  /** None is on the way to a database that Squall did not start, or not the right one. */
  | 'no_proxy'
  | 'not_loopback'
  /** The plan asks for a stack that this kind cannot be. */
  | 'not_supported'
  | 'keeper_failed'
  | 'interrupted'
  /** It ran, and could not be ended. */
  | 'will_not_stop'

/** The stack is not ready, or not ended. Ends the harness with exit code 3: nothing of it is left running. */
export class StackError extends HintedError<StackErrorKind> {
  constructor(detail: ErrorDetail<StackErrorKind>) {
    super('StackError', detail)
  }
}
