import type { ProbeErrorKind } from '../domain/probe-sample.ts'

/** By the code that Node gives to what went wrong with a socket; null for anything else. */
export function classifySocketError(error: unknown): ProbeErrorKind | null {
  switch ((error as { code?: unknown } | null)?.code) {
    case 'ECONNREFUSED':
      return 'refused'
    case 'ECONNRESET':
    case 'EPIPE':
      return 'reset'
    case 'ETIMEDOUT':
      return 'timeout'
    default:
      return null
  }
}
