import type { ProbeErrorKind } from '../domain/probe-sample.ts'

/** The other side has closed a connection of ours between two questions. */
export class SocketClosed extends Error {
  constructor() {
    super('the server closed the connection')
    this.name = 'SocketClosed'
  }
}

/** What went wrong with a socket, mostly by the code that Node gives it; null for anything else. */
export function classifySocketError(error: unknown): ProbeErrorKind | null {
  if (error instanceof SocketClosed) return 'closed'
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
