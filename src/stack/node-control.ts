import type { Clock } from '../domain/clock.ts'
import type { NodeControl } from '../domain/node-control.ts'
import type { KeeperClient } from '../keeper/client.ts'
import { controlDatabase } from './database-control.ts'
import type { RunningNode, RunningStack } from './running-stack.ts'

/** One fault's hold on one node of a running stack. */
export function controlNode(
  { id, role, url, applicationUrl }: RunningNode,
  stack: RunningStack,
  keeper: KeeperClient,
  injectionId: string,
  clock: Clock,
): NodeControl {
  const place = applicationUrl === null ? null : { superuserUrl: url, applicationUrl }
  return {
    id,
    role,
    signal: (signal) => keeper.signal(id, signal, { planned: signal === 'SIGKILL', tree: true }),
    async stop(graceMs) {
      // SIGINT is PostgreSQL's "fast": it waits for no client, as `pg_ctl stop` and service managers have it.
      await keeper.stop(id, { signal: role === 'postgres' ? 'SIGINT' : 'SIGTERM', graceMs })
    },
    start: () => stack.start(id),
    database: place === null ? null : controlDatabase(place, injectionId, clock),
  }
}
