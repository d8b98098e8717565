import type { Clock } from '../domain/clock.ts'
import type { Plan } from '../domain/plan.ts'
import { sampleBalancer } from '../observe/balancer.ts'
import { sampleDatabase } from '../observe/database.ts'
import { type Sampler, sampleEvery } from '../observe/every.ts'
import { sampleHost } from '../observe/host.ts'
import { type PoolReading, samplePool } from '../observe/pool.ts'
import { probeReady, probeTool } from '../observe/probe.ts'
import type { RunFolderWriter, StreamWriter } from '../record/writer.ts'
import type { StackView } from './stack-view.ts'

export interface ObservationSpec {
  readonly clock: Clock
  readonly t0Us: number
  readonly plan: Plan
  readonly stack: StackView
  readonly folder: RunFolderWriter
  readonly bootId: string
  readonly loadPid: number
  readonly probeCall: { readonly tool: string; readonly arguments: object } | null
  readonly pool: PoolReading | null
  readonly onError: (error: unknown) => void
}

/** All samplers of a run; those whose subject this target does not have are not started and leave no stream. */
export interface Observation extends AsyncDisposable {
  readonly probeWriter: StreamWriter
  /** Writes every stream's beat once a second. */
  beat(now: () => number): Sampler
  stop(): Promise<void>
}

export function observe(spec: ObservationSpec): Observation {
  const { clock, t0Us, plan, stack, folder, bootId, onError } = spec
  const samplers: Sampler[] = []
  const { pool } = plan.observe
  if (pool && stack.pools.length > 0) {
    const bounds = spec.pool?.waitBoundsS ?? null
    // JSON has no Infinity: the last bound is written as null.
    const waitBoundsS = bounds?.map((bound) => (Number.isFinite(bound) ? bound : null)) ?? null
    const writer = folder.stream('pool', bootId, { waitBoundsS })
    const { everyMs, map } = pool
    for (const one of stack.pools) samplers.push(samplePool({ clock, t0Us, everyMs, ...one, map, writer, onError }))
  }
  if (stack.databaseUrl) {
    const writer = folder.stream('database', bootId)
    const { databaseUrl } = stack
    samplers.push(sampleDatabase({ clock, t0Us, everyMs: plan.observe.databaseEveryMs, databaseUrl, writer, onError }))
  }
  const processes = () => [
    ...stack.processes(),
    { name: 'k6', pid: spec.loadPid, withChildren: false },
    { name: 'squall', pid: process.pid, withChildren: false },
  ]
  const hostWriter = folder.stream('host', bootId)
  samplers.push(sampleHost({ clock, t0Us, everyMs: plan.observe.hostEveryMs, processes, writer: hostWriter, onError }))
  const probeWriter = folder.stream('probe', bootId)
  const everyMs = plan.observe.probeEveryMs
  for (const one of stack.readiness)
    samplers.push(probeReady({ clock, t0Us, everyMs, ...one, writer: probeWriter, onError }))
  if (stack.balancer) {
    const writer = folder.stream('balancer', bootId)
    samplers.push(sampleBalancer({ clock, t0Us, everyMs, ...stack.balancer, writer, onError }))
  }
  if (spec.probeCall)
    samplers.push(
      probeTool({ clock, t0Us, everyMs, mcpUrl: stack.mcpUrl, ...spec.probeCall, writer: probeWriter, onError }),
    )
  const stop = async () => {
    await Promise.all(samplers.map((sampler) => sampler.stop()))
  }
  return {
    probeWriter,
    beat: (now) => sampleEvery(clock, 1_000, () => folder.beatAll(now()), onError),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}
