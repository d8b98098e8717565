import { usPerSecond } from '../domain/time.ts'
import type { InjectionRecord } from '../domain/verdict.ts'
import type { TimelineRow } from '../record/reader-rows.ts'
import type { LedgerFacts, Write } from './ledger-facts.ts'
import { there } from './there.ts'

/** For so long the targets must be kept, from the recovery's start on: as after a heal (settled.ts). */
export const sustainedUs = 5 * usPerSecond

/** What counts as recovered. */
export interface RecoveryTargets {
  readonly errorRatioMax: number
  /** p95 from when a write was due. */
  readonly latencyMsP95Max: number
}

/** Share of the writes of a window that must have gone out: less, and the offered rate is not met. */
const offeredRatioMin = 0.95
/** Of a p95. */
const slowRatioMax = 0.05

/** Moments of one recovery, µs of run time; null: not by the horizon. */
export interface RecoveryClock {
  readonly startUs: number
  /** Since when the harm was seen; before it a write may still have come through. */
  readonly harmedUs: number
  /** One can look as far as this. */
  readonly horizonUs: number
  /** What the supervisor of the stack did, at the latest when the first write succeeded; null: it did not. */
  readonly detectedUs: number | null
  readonly decidedUs: number | null
  readonly promotedUs: number | null
  readonly routedUs: number | null
  readonly restartedUs: number | null
  /** The plan's own hook had ended well; at the latest when the first write succeeded. */
  readonly actedUs: number | null
  /** The end of the first write that succeeded. */
  readonly firstUs: number | null
  /** The write before that one was sent so long before it, µs: in between nobody looked. */
  readonly firstGapUs: number
  readonly sustainedUs: number | null
  readonly sustainedGapUs: number
  readonly writes: number
}

export interface ClockEvidence {
  readonly injection: InjectionRecord
  readonly facts: LedgerFacts
  readonly timeline: readonly TimelineRow[]
  readonly targets: RecoveryTargets
  /** The drill's own horizon, or the end of what was looked at. */
  readonly horizonUs: number
}

/** null: the fault never came, or was not seen. */
export function recoveryClock({ injection, facts, timeline, targets, horizonUs }: ClockEvidence): RecoveryClock | null {
  const { requestedUs: startUs, observedUs } = injection
  if (startUs === null || observedUs === null) return null
  const harmedUs = Math.max(startUs, observedUs)
  const after = facts.writes.filter(({ intendedUs }) => intendedUs >= startUs && intendedUs < horizonUs)
  /** Of several instances each is looked after by its own name. */
  const isOn = (id: string | null): boolean => id === injection.on || id?.startsWith(`${injection.on}-`) === true
  const step = (name: string, sinceUs: number | null): number | null =>
    sinceUs === null
      ? null
      : (timeline.find(
          (row) =>
            row.kind === 'supervisor' &&
            isOn(row.id) &&
            row.data.step === name &&
            row.tUs >= sinceUs &&
            row.tUs < horizonUs,
        )?.tUs ?? null)
  const first = firstSuccess(after, harmedUs)
  const noticedUs = step('detected', startUs)
  const sureUs = step('decided', noticedUs)
  // What works again before anybody has decided needed nobody.
  const isNeeded = first === null || (sureUs !== null && first.completedUs > sureUs)
  const [detectedUs, decidedUs] = isNeeded ? [noticedUs, sureUs] : [null, null]
  /** What is told later than the first success it led to (a hook still had to end) counts up to that success. */
  const deed = (name: string): number | null => {
    const toldUs = step(name, decidedUs)
    return toldUs === null ? null : Math.min(toldUs, first?.completedUs ?? toldUs)
  }
  const sustained = first === null ? null : firstSustained(after, first, targets, horizonUs)
  return {
    startUs,
    harmedUs,
    horizonUs,
    detectedUs,
    decidedUs,
    promotedUs: deed('promoted'),
    routedUs: deed('routed'),
    restartedUs: deed('restarted'),
    actedUs: deed('acted'),
    firstUs: first?.completedUs ?? null,
    firstGapUs: first === null ? 0 : gapBefore(after, first),
    sustainedUs: sustained === null ? null : Math.max(sustained.intendedUs, there(first?.completedUs)),
    sustainedGapUs: sustained === null ? 0 : gapBefore(after, sustained),
    writes: after.length,
  }
}

type Success = Write & { readonly completedUs: number }

/** The success that came first, of those that were sent when the harm was there. */
function firstSuccess(writes: readonly Write[], harmedUs: number): Success | null {
  const good = writes.filter(
    (write): write is Success =>
      write.outcome === 'ok' && write.completedUs !== null && write.invokedUs !== null && write.invokedUs >= harmedUs,
  )
  return good.reduce<Success | null>(
    (least, write) => (least === null || write.completedUs < least.completedUs ? write : least),
    null,
  )
}

/** The first write, from the first success on, from which the targets were kept for `sustainedUs`. */
function firstSustained(
  writes: readonly Write[],
  first: Write,
  targets: RecoveryTargets,
  horizonUs: number,
): Write | null {
  const from = writes.indexOf(first)
  const counts = { slots: 0, unsent: 0, errors: 0, slow: 0 }
  const count = (write: Write, by: 1 | -1): void => {
    counts.slots += by
    if (write.outcome === 'unsent') counts.unsent += by
    else if (write.outcome !== 'ok') counts.errors += by
    else if (latencyMs(write) > targets.latencyMsP95Max) counts.slow += by
  }
  let end = from
  for (let begin = from; begin < writes.length; begin += 1) {
    const write = writes[begin]
    if (write === undefined) return null
    const untilUs = write.intendedUs + sustainedUs
    if (untilUs > horizonUs) return null
    for (let next = writes[end]; next !== undefined && next.intendedUs < untilUs; next = writes[end]) {
      count(next, 1)
      end += 1
    }
    if (write.outcome === 'ok' && keeps(counts, targets)) return write
    count(write, -1)
  }
  return null
}

function keeps(
  {
    slots,
    unsent,
    errors,
    slow,
  }: { readonly slots: number; readonly unsent: number; readonly errors: number; readonly slow: number },
  { errorRatioMax }: RecoveryTargets,
): boolean {
  const isOffered = slots - unsent >= offeredRatioMin * slots
  return isOffered && errors <= errorRatioMax * slots && unsent + errors + slow <= slowRatioMax * slots
}

function latencyMs({ completedUs, intendedUs }: Write): number {
  return completedUs === null ? Number.POSITIVE_INFINITY : (completedUs - intendedUs) / 1_000
}

/** How long before it the last other was sent. */
function gapBefore(writes: readonly Write[], write: Write): number {
  const sentUs = write.invokedUs ?? write.intendedUs
  const lastUs = writes.reduce(
    (latest, { invokedUs }) => (invokedUs !== null && invokedUs < sentUs ? Math.max(latest, invokedUs) : latest),
    Number.NEGATIVE_INFINITY,
  )
  return Number.isFinite(lastUs) ? sentUs - lastUs : 0
}
