import { rowsOf, timelineHas } from '../e2e/drill.ts'
import type { SquallProcess } from '../e2e/squall-process.ts'
import type { Truth } from './truth.ts'

type Start = readonly [tUs: number, kind: string, id: string | null, data: { readonly monotonicUs?: number }]

/** Stops the load generator's process, by its own id, and lets it go on: as a machine does that has no time for it. */
export async function freezeGenerator(
  squall: SquallProcess,
  stretches: NonNullable<Truth['frozenGenerator']>,
): Promise<void> {
  await timelineHas(squall, ([, kind, , data]) => kind === 'load' && data.edge === 'go')
  const start = rowsOf<Start>(squall, 'timeline.ndjson').find(([, kind]) => kind === 't0')
  const t0Us = start?.[3].monotonicUs
  const pid = await generatorPid(squall)
  if (t0Us === undefined) throw new Error('the timeline has no t0')
  const until = async (runMs: number): Promise<void> => {
    const leftMs = t0Us / 1_000 + runMs - Number(process.hrtime.bigint()) / 1e6
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, leftMs)))
  }
  for (const { fromMs, forMs } of stretches) {
    await until(fromMs)
    process.kill(pid, 'SIGSTOP')
    try {
      await until(fromMs + forMs)
    } finally {
      process.kill(pid, 'SIGCONT')
    }
  }
}

/** A row of the sampler of processes, which begins a moment after the generator was told to go. */
type HostRow = readonly [tUs: number, process: string, pid: number | null]

async function generatorPid(squall: SquallProcess): Promise<number> {
  for (;;) {
    const pid = rowsOf<HostRow>(squall, 'host.ndjson').find(([, process]) => process === 'k6')?.[2]
    if (typeof pid === 'number') return pid
    if (squall.child.exitCode !== null) throw new Error(`no generator was seen:\n${squall.stderr}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
