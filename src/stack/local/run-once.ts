import type { SpawnSpec } from '../../keeper/protocol.ts'
import { howEnded, type StartContext } from './starting.ts'

type RunContext = Omit<StartContext, 'keeper'> & {
  readonly keeper: Pick<StartContext['keeper'], 'spawn' | 'stop' | 'onExited'>
}

/**
 * A process of the keeper's that ends by itself, so that it does not go on when we are gone. Resolves to null when it
 * ended well, else to how it did; one that takes too long is killed, with all that descends from it, after `graceMs` in
 * which it may end by itself. Rejects with the signal's reason when it aborts.
 */
export async function runOnce(
  spec: SpawnSpec,
  msMax: number,
  { keeper, clock, signal }: RunContext,
  graceMs = 0,
): Promise<string | null> {
  const ended = Promise.withResolvers<string | null>()
  const forget = keeper.onExited((event) => {
    if (event.name === spec.name) ended.resolve(event.code === 0 ? null : howEnded(event))
  })
  const giveUp = new AbortController()
  try {
    signal.throwIfAborted()
    await keeper.spawn(spec)
    const patience = AbortSignal.any([signal, giveUp.signal])
    const late = clock.sleep(msMax, patience).then(() => `no end within ${msMax / 1_000} s`)
    const why = await Promise.race([ended.promise, late])
    const end = { signal: graceMs === 0 ? 'SIGKILL' : 'SIGTERM', graceMs } as const
    if (why !== null) await keeper.stop(spec.name, end).catch(() => undefined)
    signal.throwIfAborted()
    return why
  } finally {
    giveUp.abort()
    forget()
  }
}
