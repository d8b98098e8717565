import type { JsonObject } from '../domain/json.ts'

/** The database behind the server, as far as the plan can say: without what proves who one is. */
export interface Behind {
  readonly url: string
  /** The name of a proxy that is kept before it, where faults act; null: none is. */
  readonly proxy: string | null
}

export const databaseId = 'database'
export const faultId = 'slow-db'

/** Beside the server, in `stack`. */
export function stackBehind(behind: Behind | null): { readonly nodes: JsonObject; readonly links: JsonObject } {
  if (behind === null) return { nodes: {}, links: {} }
  const { url, proxy } = behind
  const links = proxy === null ? {} : { links: { db: { from: 'server', to: databaseId, proxy } } }
  return { nodes: { [databaseId]: { role: 'postgres', url } }, links }
}

/**
 * A delay that a way between two data centres may have on a bad day: long enough that the time in which calls hold
 * connections decides, and so that a pool which nobody tells of can be seen to be used up (docs/any-database.md). That
 * takes 14 looks in a row, over 3.2 s, of which none meets a connection whose client is busy with itself. On a busy machine
 * one look in twenty does: then 997 in 1,000 quick runs, of 84 looks, have such a row, where 32 looks had it in three of four.
 */
export function faultsBehind(behind: Behind | null): JsonObject {
  if (behind === null || behind.proxy === null) return {}
  const start = { phase: 'steady', at: '10 s' }
  const slow = {
    id: faultId,
    fault: 'latency',
    on: 'db',
    with: { delay: '200 ms' },
    start,
    for: '60 s',
    recovery: '15 s',
  }
  return { faults: [slow] }
}

/** With 25 s of it in which nothing is harmed, of a plan with a fault. */
export function steadyFor(behind: Behind | null): string {
  return behind === null || behind.proxy === null ? '60 s' : '100 s'
}

export function objectivesBehind(behind: Behind | null): readonly JsonObject[] {
  if (behind === null) return []
  // PostgreSQL allows 100 where nobody says otherwise; it is the user's to say what is too many, so this informs.
  const connections = { id: 'connections', measure: 'database.connections.peak', during: 'run', max: 90, judged: false }
  if (behind.proxy === null) return [connections]
  return [
    connections,
    { id: `errors-${faultId}`, measure: 'tool.error_ratio', during: faultId, max: 0.05 },
    { id: `pool-${faultId}`, measure: 'pool.exhausted', during: faultId, is: false },
  ]
}
