import type { Clock } from '../domain/clock.ts'
import type { RecordedVia } from '../domain/plan.ts'
import type { LedgerRecord, WriteEnd } from './record.ts'

/** Sends one write. Never rejects: whatever goes wrong is an end. */
export interface WriteLane {
  write(op: string): Promise<WriteEnd>
  close(): void
}

export interface OpenModelSpec {
  readonly clock: Clock
  readonly t0Us: number
  readonly via: RecordedVia
  readonly ratePerS: number
  /** So many are due at one moment; absent: one. */
  readonly atOnce?: number
  /** As many writes can be under way at once; those that were free last are taken first. */
  readonly lanes: readonly WriteLane[]
  /** How long a lane waits for an answer, ms. */
  readonly patienceMs: number
  readonly record: LedgerRecord
  /** What the run folder refuses. Once; the writers have ended then. */
  readonly onError: (error: unknown) => void
}

/** The name of a write: t17 by a tool, s17 by SQL, u17 of an update. */
export function opOf(via: RecordedVia, turn: number): string {
  return `${via[0]}${turn}`
}

/** Writers under way. */
export interface Writers {
  /** Sends nothing more, and waits for what is under way: the lanes have limits of their own. */
  stop(): Promise<void>
}

/**
 * Writes at a fixed rate from t0 on, whatever becomes of the ones before: an open model, so that a system that stands
 * still goes on being asked. While more than half of the lanes wait, the others are taken one by one, so far apart that
 * one is always free: how soon the first answer after a silence is seen must not hang on our own patience. A write whose
 * turn comes in between is recorded as unsent, and never sent.
 */
export function writeOpenly(spec: OpenModelSpec): Writers {
  const { clock, t0Us, via, ratePerS, atOnce = 1, record } = spec
  const ended = new AbortController()
  const free = [...spec.lanes]
  const kept = Math.floor(spec.lanes.length / 2)
  const apartUs = (spec.patienceMs * 1_000) / Math.max(1, kept)
  let lastUs = Number.NEGATIVE_INFINITY
  const underWay = new Set<Promise<void>>()

  const send = async (lane: WriteLane, op: string, intendedUs: number): Promise<void> => {
    record.invoked(via, op, clock.monotonicUs(), intendedUs)
    const end = await lane.write(op)
    record.completed(via, op, clock.monotonicUs(), end)
    free.push(lane)
  }
  const loop = async (): Promise<void> => {
    for (let turn = 0; !ended.signal.aborted; turn += 1) {
      const intendedUs = t0Us + Math.round(((turn - (turn % atOnce)) * 1_000_000) / ratePerS)
      const waitUs = intendedUs - clock.monotonicUs()
      if (waitUs > 0) await clock.sleep(waitUs / 1_000, ended.signal)
      if (ended.signal.aborted) return
      const op = opOf(via, turn)
      const nowUs = clock.monotonicUs()
      const lane = free.length > kept || nowUs - lastUs >= apartUs ? free.pop() : undefined
      if (lane === undefined) {
        record.unsent(via, op, nowUs, intendedUs)
        continue
      }
      lastUs = nowUs
      const sending = send(lane, op, intendedUs)
        .catch(fail)
        .finally(() => underWay.delete(sending))
      underWay.add(sending)
    }
  }
  let hasFailed = false
  const fail = (error: unknown): void => {
    ended.abort()
    if (!hasFailed) spec.onError(error)
    hasFailed = true
  }
  const running = loop().catch(fail)
  return {
    async stop() {
      ended.abort()
      await running
      await Promise.all(underWay)
      for (const lane of spec.lanes) lane.close()
    },
  }
}
