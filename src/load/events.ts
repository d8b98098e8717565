/** What a generator tells the harness, one JSON line each (engines/squall/pipes.go). */
export type GeneratorEvent =
  | { readonly kind: 'sessions'; readonly count: number }
  | { readonly kind: 'ready'; readonly users: number; readonly without: number }
  | { readonly kind: 'sessionFailed'; readonly user: number; readonly error: string }
  | ({ readonly kind: 'collected' } & Collection)
  | { readonly kind: 'end'; readonly timeUs: number | null; readonly rows: number; readonly reason: EndReason }

/** Of k6's garbage, in the load: it takes a processor for so long, from `fromUs` since t0 on. */
export interface Collection {
  readonly fromUs: number
  readonly tookUs: number
}

/** `planned`: the phases ended. `stopped`: by stop(). `aborted`: by a signal, a lost harness, or a failed start. */
export type EndReason = 'planned' | 'stopped' | 'aborted'

/** Reads one line; undefined for what is no event of ours. */
export function readEvent(line: string): GeneratorEvent | undefined {
  let event: unknown
  try {
    event = JSON.parse(line)
  } catch {
    return undefined
  }
  const { sessions, ready, sessionFailed, collected, end } = fields(event)
  if (typeof sessions === 'number') return { kind: 'sessions', count: sessions }
  const { users, without } = fields(ready)
  if (typeof users === 'number' && typeof without === 'number') return { kind: 'ready', users, without }
  const { user, error } = fields(sessionFailed)
  if (typeof user === 'number' && typeof error === 'string') return { kind: 'sessionFailed', user, error }
  const { t: fromUs, us: tookUs } = fields(collected)
  if (typeof fromUs === 'number' && typeof tookUs === 'number') return { kind: 'collected', fromUs, tookUs }
  const { t, rows, reason } = fields(end)
  if (typeof rows !== 'number' || !isEndReason(reason)) return undefined
  return { kind: 'end', timeUs: typeof t === 'number' ? t : null, rows, reason }
}

function isEndReason(value: unknown): value is EndReason {
  return value === 'planned' || value === 'stopped' || value === 'aborted'
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
