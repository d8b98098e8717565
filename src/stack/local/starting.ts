import type { Clock } from '../../domain/clock.ts'
import type { KeeperClient } from '../../keeper/client.ts'
import { KeeperError } from '../../keeper/keeper-error.ts'
import type { ExitEvent, Spawned, SpawnSpec } from '../../keeper/protocol.ts'
import { StackError, type StackErrorKind } from '../stack-error.ts'
import { pollMs } from './limits.ts'
import { LogSince } from './log-tail.ts'

/** What one part of the stack is called in errors, and what may help. */
export interface Part {
  readonly kind: StackErrorKind
  /** Such as `PostgreSQL 16.14 (primary)`. */
  readonly title: string
  readonly hint: string
  /** How long it may take until it is ready, ms. */
  readonly readyMsMax: number
}

export interface StartContext {
  readonly keeper: KeeperClient
  readonly clock: Clock
  /** Aborts when the user interrupts, or another part has failed. */
  readonly signal: AbortSignal
}

/**
 * Spawns a process and asks it, again and again, until `ready` gives an answer. Rejects with a StackError when it ends
 * before, when it takes too long, or when its program is not there; it may still run then, and the caller ends it.
 * `ready` gets the process's log and resolves to null for "not yet". What it throws means the same, and the last of it
 * is told when the time is over; only a StackError ends the waiting at once.
 */
export async function startUntil<T>(
  part: Part,
  spec: SpawnSpec,
  { keeper, clock, signal }: StartContext,
  ready: (log: LogSince) => Promise<T | null>,
): Promise<{ readonly spawned: Spawned; readonly answer: T }> {
  const log = new LogSince(spec.logPath)
  // By process: one of the same name that was ended a moment ago may be told only now.
  const exits = new Map<number, ExitEvent>()
  let lastWhy = ''
  const forget = keeper.onExited((event) => {
    if (event.name === spec.name) exits.set(event.pid, event)
  })
  try {
    signal.throwIfAborted()
    const spawned = await spawn(part, spec, keeper)
    const endUs = clock.monotonicUs() + part.readyMsMax * 1_000
    while (clock.monotonicUs() < endUs) {
      signal.throwIfAborted()
      const exit = exits.get(spawned.pid)
      if (exit !== undefined) throw failed(part, log, `ended while it started (${howEnded(exit)})`)
      const answer = await attempt(ready, log, (why) => {
        lastWhy = why
      })
      if (answer !== null) return { spawned, answer }
      await clock.sleep(pollMs, signal)
    }
    const why = lastWhy === '' ? '' : `: ${lastWhy}`
    throw failed(part, log, `is not ready after ${part.readyMsMax / 1_000} s${why}`)
  } finally {
    forget()
  }
}

async function attempt<T>(
  ready: (log: LogSince) => Promise<T | null>,
  log: LogSince,
  explain: (why: string) => void,
): Promise<T | null> {
  try {
    return await ready(log)
  } catch (error) {
    if (error instanceof StackError) throw error
    explain(error instanceof Error ? error.message : String(error))
    return null
  }
}

async function spawn(part: Part, spec: SpawnSpec, keeper: KeeperClient): Promise<Spawned> {
  try {
    return await keeper.spawn(spec)
  } catch (error) {
    if (!(error instanceof KeeperError) || error.kind !== 'spawn_failed') throw error
    const isMissing = error.code === 'ENOENT' || error.code === 'EACCES'
    throw new StackError({
      kind: isMissing ? 'missing_binary' : part.kind,
      message: `${part.title} cannot be started: ${spec.argv[0]}: ${error.code ?? error.message} (in ${spec.cwd})`,
      hint: isMissing ? 'squall doctor tells what is found where; is the path right, and may it be run?' : part.hint,
      logPath: spec.logPath,
      cause: error,
    })
  }
}

function failed(part: Part, log: LogSince, what: string): StackError {
  return new StackError({
    kind: kindByLog(part.kind, log.text()),
    message: `${part.title} ${what}; the end of ${log.path}:\n${log.lastWords()}`,
    hint: part.hint,
    logPath: log.path,
  })
}

/** The programs tell these two only in words. */
function kindByLog(kind: StackErrorKind, text: string): StackErrorKind {
  if (/address already in use|EADDRINUSE/i.test(text)) return 'port_taken'
  if (/no space left on device|ENOSPC/i.test(text)) return 'no_space'
  if (/lock file "[^"]+" already exists|pre-existing shared memory block/i.test(text)) return 'still_held'
  return kind
}

export function howEnded({ code, signal }: { readonly code: number | null; readonly signal: string | null }): string {
  return signal === null ? `code ${code}` : signal
}

/** Runs them side by side. When one fails the others are told to give up, and the first failure is thrown after them. */
export async function allOrNone<T extends readonly unknown[]>(
  giveUp: AbortController,
  works: { readonly [K in keyof T]: Promise<T[K]> },
): Promise<T> {
  let first: { readonly error: unknown } | null = null
  const settled = await Promise.allSettled(
    works.map(async (work) => {
      try {
        return await work
      } catch (error) {
        first ??= { error }
        giveUp.abort()
        throw error
      }
    }),
  )
  const failure = first as { readonly error: unknown } | null
  if (failure !== null) throw failure.error
  // All are fulfilled, in the order they were given.
  return settled.map((one) => (one.status === 'fulfilled' ? one.value : undefined)) as unknown as T
}
