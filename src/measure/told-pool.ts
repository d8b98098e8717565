import { contains, type Span } from '../domain/time.ts'
import type { Measured, Unit } from '../domain/verdict.ts'
import type { PoolRow } from '../record/reader-rows.ts'
import { type PoolPart, silenceOf } from './instance-pools.ts'
import { none } from './measured.ts'
import type { RunView } from './run-view.ts'

/** What a row has to tell for a measure to rest on it. */
interface Telling {
  /** For a person. */
  readonly what: string
  readonly tells: (row: PoolRow) => boolean
}

export const tellsUsed: Telling = { what: 'used', tells: (row) => row.used !== null }
/** High-water marks tell it as well, and better. */
export const tellsPeak: Telling = {
  what: 'used',
  tells: (row) => row.used !== null || (row.usedHigh !== null && row.uptimeS !== null),
}
export const tellsRatio: Telling = { what: 'used and max', tells: (row) => row.used !== null && row.max !== null }
export const tellsFullness: Telling = {
  what: 'used, max and pending',
  tells: (row) => row.used !== null && row.max !== null && row.pending !== null,
}

/**
 * A measure of a pool's gauges: a page that answers without them is no sample of them, as one that never came. Before the
 * load's first call nothing is missing: some exporters tell of a gauge from its first use on.
 */
export function whereTold(
  view: RunView,
  { what, tells }: Telling,
  unit: Unit,
  compute: (part: PoolPart) => Measured,
): (part: PoolPart) => Measured {
  return (part) => {
    const rows = part.rows.filter((row) => row.error === null && tells(row))
    if (!rows.some((row) => part.spans.some((span) => contains(span, row.tUs))))
      return none('no_samples', `no sample of the pool in the window tells ${what}`, unit, 0, 'no evidence')
    const spans = sinceFirstCall(part.spans, view.firstCallUs)
    const silent = silenceOf({ ...part, rows, spans }, view.plan.observe.pool?.everyMs ?? 0)
    return silent === null
      ? compute(part)
      : none('sampler_silent', `the pool sampler had ${silent}, of those that tell ${what}`, unit, 0, 'no evidence')
  }
}

function sinceFirstCall(spans: readonly Span[], firstCallUs: number): readonly Span[] {
  return spans.flatMap(({ startUs, endUs }) =>
    endUs <= firstCallUs ? [] : [{ startUs: Math.max(startUs, firstCallUs), endUs }],
  )
}
