import type { SpawnSpec } from '../../keeper/protocol.ts'
import { howEnded, type StartContext } from './starting.ts'

/**
 * A process of the keeper's that ends by itself, so that it does not go on when we are gone. Resolves to null when it
 * ended well, else to how it did; one that takes too long is killed. Rejects with the signal's reason when it aborts.
 */
export async function runOnce(
  spec: SpawnSpec,
  msMax: number,
  { keeper, clock, signal }: StartContext,
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
    if (why !== null) await keeper.stop(spec.name, { signal: 'SIGKILL', graceMs: 0 }).catch(() => undefined)
    signal.throwIfAborted()
    return why
  } finally {
    giveUp.abort()
    forget()
  }
}
