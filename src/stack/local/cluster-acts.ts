import { StackError } from '../stack-error.ts'
import { LocalCluster } from './cluster.ts'
import type { Layout } from './layout.ts'
import { followMsMax, followPollMs, followPollSlowMs, streamingMsMax } from './limits.ts'
import type { LocalStackOptions } from './options.ts'
import { cloneFrom, notStreaming, positionOf, promote, superuserUrl } from './replica.ts'
import { makeSlots, writeReplication } from './replication.ts'
import { switchRoute } from './router.ts'
import type { StartContext } from './starting.ts'

const soon = { msMax: followMsMax, everyMs: followPollMs }
/** Until the next fail-over, or the stack's end. */
const whenever = { msMax: Number.POSITIVE_INFINITY, everyMs: followPollSlowMs }

/** The databases of a local stack as a cluster; `startNode` starts one of them. */
export function clusterOf(
  { primary, replicas, followed, router }: Layout,
  { engines, keeper }: LocalStackOptions,
  context: StartContext,
  startNode: (id: string) => Promise<void>,
): LocalCluster {
  const urlOf = ({ port }: { readonly port: number }): string => superuserUrl(engines, port)
  return new LocalCluster([primary, ...replicas], primary.node.id, followed, {
    position: (place) => positionOf(urlOf(place)),
    promote: (place) => promote(urlOf(place)),
    async switchRoute(upstream) {
      if (router === null) throw new Error('nothing routes to a database that stands alone')
      await switchRoute(router.apiPort, upstream)
    },
    makeSlots: (on, followers) => makeSlots(urlOf(on), followers),
    async tell(place, standing) {
      await writeReplication(place, standing, engines.dataTemplate.superuser.name)
      // By a signal and not on a connection: one that stands still takes it when it goes on.
      return keeper.signal(place.node.id, 'SIGHUP', { planned: false, tree: false }).then(
        () => true,
        () => false,
      )
    },
    async streams(from, follower, until) {
      const [patience, signal] =
        until === undefined ? [soon, context.signal] : [whenever, AbortSignal.any([context.signal, until])]
      const { clock } = context
      const missing = notStreaming(urlOf(from), [follower], patience, { clock, signal })
      return (await missing).length === 0
    },
    async clone(place, followedPort) {
      await keeper.stop(place.node.id, { signal: 'SIGKILL', graceMs: 0 })
      await cloneFrom(followedPort, place, engines, context)
    },
    start: startNode,
  })
}

/** All replicas of a stack that starts stream when this resolves. Rejects with a StackError. */
export async function beginToFollow(url: string, replicas: readonly string[], context: StartContext): Promise<void> {
  if (replicas.length === 0) return
  try {
    await makeSlots(url, replicas)
    const missing = await notStreaming(url, replicas, { ...soon, msMax: streamingMsMax }, context)
    if (missing.length > 0) throw new Error(`${missing.join(', ')} did not stream within ${streamingMsMax} ms`)
  } catch (cause) {
    throw new StackError({
      kind: 'database_will_not_start',
      message: `replication did not begin: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: 'see the logs of the replicas',
      cause,
    })
  }
}
