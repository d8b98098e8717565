import type { Span } from '../domain/time.ts'
import type { Measured } from '../domain/verdict.ts'
import { derivedSaturated } from './derived-saturation.ts'
import { poolParts } from './instance-pools.ts'
import { none, yesOrNo } from './measured.ts'
import { derivedLacks, derivedMethod, isDerived } from './own-sessions.ts'
import { timeoutsOfAll, waitOf } from './pool-acquires.ts'
import { poolLacks } from './pool-readings.ts'
import { saturated } from './pool-saturation.ts'
import type { RunView } from './run-view.ts'
import { worstOf } from './several.ts'

/** What makes a pool exhausted (docs/reading-a-report.md). */
const saturatedMsMax = 2_000
const waitMsP95Max = 1_000

interface Sign {
  readonly name: string
  readonly shown: Measured
  readonly limit: number
  /** The lower end of its interval is not part of it: the edge of a bucket. */
  readonly lowIsOpen?: true
}

/** The signs of exhaustion that this target can show. */
export function exhaustionSigns(view: RunView): readonly ((spans: readonly Span[]) => Sign)[] {
  const tells = (columns: Parameters<typeof poolLacks>[0]): boolean => poolLacks(columns)(view) === null
  const signs: ((spans: readonly Span[]) => Sign)[] = []
  if (isDerived(view)) {
    if (derivedLacks(view) !== null) return []
    const name = `saturated time ${derivedMethod(view)}`
    return [(spans) => ({ name, shown: derivedSaturated(view, spans), limit: saturatedMsMax })]
  }
  if (tells(['timeouts']))
    signs.push((spans) => ({
      name: 'acquire timeouts',
      shown: timeoutsOfAll(view, poolParts(view, spans)),
      limit: 0,
    }))
  if (tells(['saturatedS', 'saturatedLongestS']) || tells(['used', 'max', 'pending'])) {
    signs.push((spans) => ({
      name: 'saturated time',
      shown: worstOf(poolParts(view, spans).map(saturated(view))),
      limit: saturatedMsMax,
    }))
  }
  if (tells(['wait'])) {
    signs.push((spans) => ({
      name: 'wait p95',
      shown: waitP95(view, spans),
      limit: waitMsP95Max,
      lowIsOpen: true,
    }))
  }
  return signs
}

/** One sign is enough for yes; for no, every sign that the target can show must be clear. */
export function exhausted(view: RunView, spans: readonly Span[]): Measured {
  const signs = exhaustionSigns(view).map((sign) => sign(spans))
  const samples = Math.max(0, ...signs.map((sign) => sign.shown.sampleCount))
  const method = `by ${signs.map((sign) => sign.name).join(', ')}`
  const states = signs.map((sign) => ({ ...sign, beyond: beyondLimit(sign) }))
  const shown = states.find((state) => state.beyond === true)
  if (shown !== undefined) return yesOrNo(true, samples, `${method}; ${shown.name} over the limit`)
  const unsure = states.find((state) => state.beyond === null)
  if (unsure !== undefined) {
    return none(
      'interval_crosses_bound',
      `it cannot be told whether ${unsure.name} went over the limit`,
      'bool',
      samples,
      method,
    )
  }
  return signs.length === 0
    ? none('no_samples', 'no sign of exhaustion could be read', 'bool', 0, method)
    : yesOrNo(false, samples, method)
}

/** Of too few waits for a quantile the longest one speaks: within the limit, all are; beyond it, nobody can tell. */
function waitP95(view: RunView, spans: readonly Span[]): Measured {
  const p95 = waitOf(view, spans, 0.95)
  if (p95.kind !== 'none' || p95.reason !== 'too_few_samples') return p95
  const longest = waitOf(view, spans, 1)
  const within = longest.kind === 'value' && longest.interval !== null && longest.interval.high <= waitMsP95Max
  return within ? longest : p95
}

/** null: it cannot be told. */
function beyondLimit({ shown, limit, lowIsOpen }: Sign): boolean | null {
  if (shown.kind === 'none') return null
  if (shown.kind === 'atLeast') return shown.value >= limit ? true : null
  if (shown.interval === null) return null
  if (shown.interval.low > limit || (lowIsOpen === true && shown.interval.low === limit)) return true
  return shown.interval.high <= limit ? false : null
}
