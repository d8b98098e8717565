/** What is planted in the server on node-postgres pools (node-postgres.ts), one at a time. `none`: the healthy one. */
export const defects = [
  'none',
  // The four ways to set a node-postgres pool that do not survive a black hole.
  'pool-defaults',
  'keepalive-only',
  'connect-limit-only',
  'query-limit-only',
  // A backend that is terminated ends the whole process: the pool's `error` event has no listener.
  'no-error-handler',
  // A transaction that lost a deadlock is told to the user at once.
  'no-deadlock-retry',
  // After a restart a client's session is refused as a bad request: by the protocol, only 404 asks it to open another.
  'sessions-refused',
  // The circuit breaker opens after five failures, and never tries again.
  'breaker-stuck',
  // What fails is tried again at once, by three layers three times each, without pause or breaker, until it succeeds.
  'retry-storm',
  // /ready says 200, database or not.
  'lying-ready',
  // One pool for all categories of tools: the slow ones take every connection.
  'no-bulkhead',
] as const
export type Defect = (typeof defects)[number]
