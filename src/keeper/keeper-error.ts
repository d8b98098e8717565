import { type ErrorDetail, HintedError } from '../domain/hinted-error.ts'

/** What kind of thing went wrong; told apart by this word, never by the message. */
export type KeeperErrorKind =
  /** The keeper's process could not be started. */
  | 'will_not_start'
  /** The keeper's process has ended, or ends. */
  | 'gone'
  /** It did not answer within the request's deadline. */
  | 'no_answer'
  /** The program could not be started; `code` tells why, such as ENOENT. */
  | 'spawn_failed'
  /** The state folder could not be written (a full disk): nothing was done that would have needed it. */
  | 'state_not_written'
  /** No process of that name, or a name that is taken. */
  | 'bad_request'

export interface KeeperErrorDetail extends Omit<ErrorDetail<KeeperErrorKind>, 'hint' | 'logPath'> {
  readonly hint?: string | undefined
  /** The system's own error code, such as ENOSPC. */
  readonly code?: string | undefined
}

const usualHint = 'see logs/keeper.log in the run folder; squall heal clears what may be left'

/** The keeper refused or failed. When it reaches the command line it ends the harness with exit code 3. */
export class KeeperError extends HintedError<KeeperErrorKind> {
  readonly code: string | undefined

  constructor({ hint = usualHint, code, ...detail }: KeeperErrorDetail) {
    super('KeeperError', { ...detail, hint })
    this.code = code
  }
}

/** The system's error code of whatever was thrown; undefined where it has none. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
