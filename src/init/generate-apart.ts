import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Clock } from '../domain/clock.ts'
import type { DiscoveredTool } from './discovered-tool.ts'
import type { Generated } from './generate-arguments.ts'
import { generateAllMsMax, generateMemoryMiB, generateMsMax, generatorStartMsMax } from './limits.ts'

/**
 * Arguments for each tool by its name, made in a thread that is ended when a schema takes it too long or too much
 * memory; what is left after a minute in all is told as not generated. Stops early, with the rest missing, when `signal` aborts.
 */
export async function generateApart(
  tools: readonly DiscoveredTool[],
  seed: number,
  clock: Pick<Clock, 'sleep' | 'monotonicUs'>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Generated>> {
  const found = new Map<string, Generated>()
  const untilUs = clock.monotonicUs() + generateAllMsMax * 1_000
  let worker: Worker | null = null
  try {
    for (const { name, inputSchema } of tools) {
      if (signal.aborted) break
      if (clock.monotonicUs() >= untilUs) {
        found.set(name, { kind: 'none', why: `all schemas together may take ${generateAllMsMax / 1_000} s` })
        continue
      }
      worker ??= await startWorker(clock)
      worker.postMessage({ schema: inputSchema, seed })
      const generated = await answerOf<Generated>(worker, clock, generateMsMax)
      if (generated === null) {
        await worker.terminate()
        worker = null
      }
      found.set(
        name,
        generated ?? {
          kind: 'none',
          why: `its schema takes more than ${generateMsMax / 1_000} s or ${generateMemoryMiB} MiB`,
        },
      )
    }
  } finally {
    await worker?.terminate()
  }
  return found
}

/** Ready for its first schema, whose time does not hold what the thread takes to load: seconds on a busy machine. */
async function startWorker(clock: Pick<Clock, 'sleep'>): Promise<Worker> {
  const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const worker = new Worker(new URL(`./generate-worker.${ending}`, import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: generateMemoryMiB },
    stdout: true,
    stderr: true,
  })
  // Told by the answer that does not come.
  worker.on('error', () => undefined)
  await answerOf<'ready'>(worker, clock, generatorStartMsMax)
  return worker
}

/** null: none came in time, or the thread died. */
async function answerOf<T>(worker: Worker, clock: Pick<Clock, 'sleep'>, msMax: number): Promise<T | null> {
  const done = new AbortController()
  const late = clock.sleep(msMax, done.signal).then(() => null)
  const died = once(worker, 'exit', { signal: done.signal }).then(
    () => null,
    () => null,
  )
  const answered = once(worker, 'message', { signal: done.signal }).then(
    ([message]: unknown[]) => message as T,
    () => null,
  )
  try {
    return await Promise.race([answered, died, late])
  } finally {
    done.abort()
  }
}
