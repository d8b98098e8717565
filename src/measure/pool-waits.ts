import { derivedSaturated } from './derived-saturation.ts'
import { poolParts } from './instance-pools.ts'
import { allWindows, type MeasureSpec } from './measure-spec.ts'
import { isDerived } from './own-sessions.ts'
import { timeoutsOfAll, waitOf } from './pool-acquires.ts'
import { exhausted, exhaustionSigns } from './pool-exhaustion.ts'
import { poolLacks, poolOrSessionsLack } from './pool-readings.ts'
import { saturated } from './pool-saturation.ts'
import { worstOf } from './several.ts'

const common = { windows: allWindows, perTool: false, needs: ['delivery', 'pool'] } as const

/** What callers of the pool went through. */
export const poolWaits: readonly MeasureSpec[] = [
  {
    ...common,
    id: 'pool.acquire_wait.p95',
    title: 'Wait for a connection, p95',
    unit: 'ms',
    bounds: ['max'],
    lacking: poolLacks(['wait']),
    compute: ({ view, stretch }) => waitOf(view, stretch.spans, 0.95),
  },
  {
    ...common,
    id: 'pool.acquire_wait.max',
    title: 'Wait for a connection, maximum',
    unit: 'ms',
    bounds: ['max'],
    lacking: poolLacks(['wait']),
    compute: ({ view, stretch }) => waitOf(view, stretch.spans, 1),
  },
  {
    ...common,
    id: 'pool.acquire_timeouts',
    title: 'Callers that gave up waiting for a connection',
    unit: 'count',
    bounds: ['max'],
    lacking: poolLacks(['timeouts']),
    compute: ({ view, stretch }) => timeoutsOfAll(view, poolParts(view, stretch.spans)),
  },
  {
    ...common,
    id: 'pool.saturated_time.longest',
    title: 'Longest stretch with all connections in use and somebody waiting',
    unit: 'ms',
    bounds: ['max'],
    lacking: (view) =>
      poolLacks(['saturatedS', 'saturatedLongestS'])(view) === null
        ? null
        : poolOrSessionsLack(['used', 'max', 'pending'], false)(view),
    compute: ({ view, stretch: { spans } }) =>
      isDerived(view) ? derivedSaturated(view, spans) : worstOf(poolParts(view, spans).map(saturated(view))),
  },
  {
    ...common,
    id: 'pool.exhausted',
    title: 'Pool exhausted',
    unit: 'bool',
    bounds: ['is'],
    lacking: (view) =>
      exhaustionSigns(view).length === 0 ? poolOrSessionsLack(['used', 'max', 'pending'], false)(view) : null,
    compute: ({ view, stretch }) => exhausted(view, stretch.spans),
  },
]
