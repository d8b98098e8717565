import { addedBoundsS } from '../domain/bridge.ts'
import type { Clock } from '../domain/clock.ts'
import type { Plan } from '../domain/plan.ts'
import { sampleBalancer } from '../observe/balancer.ts'
import { sampleBridge } from '../observe/bridge.ts'
import { sampleDatabase } from '../observe/database.ts'
import { type Sampler, sampleEvery } from '../observe/every.ts'
import { sampleHost } from '../observe/host.ts'
import type { PoolPage } from '../observe/pool-sampler.ts'
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
  /** Where each instance tells of its pools; empty: nobody does. */
  readonly poolPages: readonly PoolPage[]
  readonly onError: (error: unknown) => void
}

/** All samplers of a run; those whose subject this target does not have are not started and leave no stream. */
export interface Observation extends AsyncDisposable {
  readonly probeWriter: StreamWriter
  /** Writes every stream's beat once a second. */
  beat(now: () => number): Sampler
  /**
   * Asks the system for nothing more, and waits for its last answers: whatever it holds from then on is not held for
   * Squall. The other samplers go on.
   */
  leaveAlone(): Promise<void>
  stop(): Promise<void>
}

export function observe(spec: ObservationSpec): Observation {
  const { clock, t0Us, plan, stack, folder, bootId, onError } = spec
  const samplers: Sampler[] = []
  /** Whose questions are work to the system, and may hold one of its connections. */
  const askers: Sampler[] = []
  const { pool } = plan.observe
  if (pool && spec.poolPages.length > 0) {
    const writer = folder.stream('pool', bootId)
    for (const page of spec.poolPages) samplers.push(page.sample(t0Us, pool.everyMs, writer, onError))
  }
  if (stack.databaseUrl) {
    const { databaseUrl, proxies } = stack
    const ways = Object.fromEntries(proxies.map(({ link, host, port }) => [link, `${host}:${port}`]))
    const writer = folder.stream('database', bootId, proxies.length === 0 ? {} : { proxies: ways })
    const everyMs = plan.observe.databaseEveryMs
    const own = Object.values(plan.stack.nodes).find((node) => node.own !== undefined)?.own ?? null
    const withAges = pool === null
    samplers.push(sampleDatabase({ clock, t0Us, everyMs, databaseUrl, own, withAges, proxies, writer, onError }))
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
    askers.push(probeReady({ clock, t0Us, everyMs, ...one, writer: probeWriter, onError }))
  if (stack.balancer) {
    const writer = folder.stream('balancer', bootId)
    samplers.push(sampleBalancer({ clock, t0Us, everyMs, ...stack.balancer, writer, onError }))
  }
  if (stack.bridges.length > 0) {
    const writer = folder.stream('bridge', bootId, { waitBoundsS: addedBoundsS })
    for (const one of stack.bridges) samplers.push(sampleBridge({ clock, t0Us, everyMs, ...one, writer, onError }))
  }
  if (spec.probeCall)
    askers.push(
      probeTool({ clock, t0Us, everyMs, target: stack.target, ...spec.probeCall, writer: probeWriter, onError }),
    )
  const leaveAlone = async () => {
    await Promise.all(askers.map((asker) => asker.stop()))
  }
  const stop = async () => {
    await Promise.all([leaveAlone(), ...samplers.map((sampler) => sampler.stop())])
  }
  return {
    probeWriter,
    beat: (now) => sampleEvery(clock, 1_000, () => folder.beatAll(now()), onError),
    leaveAlone,
    stop,
    [Symbol.asyncDispose]: stop,
  }
}
