/** Why a tool call failed, as callers see it in `structuredContent.code`. */
export type FailureCode =
  | 'invalid_arguments'
  | 'not_found'
  | 'version_conflict'
  | 'rejected'
  | 'pool_timeout'
  | 'tool_timeout'
  | 'query_timeout'
  | 'query_cancelled'
  | 'connect_timeout'
  | 'too_many_connections'
  | 'database_unavailable'
  | 'deadlock'
  | 'database_error'
  | 'shutting_down'
  | 'internal_error'

/** A failure with a name. `detail` goes into the answer beside code and message. */
export class Failure extends Error {
  readonly code: FailureCode
  readonly detail: Readonly<Record<string, unknown>>

  constructor(code: FailureCode, message: string, detail: Readonly<Record<string, unknown>> = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'Failure'
    this.code = code
    this.detail = detail
  }
}

/** Anything thrown, as a Failure: what is not one already is a defect of ours. */
export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error
  const message = error instanceof Error ? error.message : String(error)
  return new Failure('internal_error', message, {}, error)
}
