import type { RunTimeUs } from '../domain/time.ts'
import { usPerMs } from '../domain/time.ts'
import type { InjectionRecord, MeasurementRow, Report } from '../domain/verdict.ts'
import type { RunFolder } from '../record/reader.ts'

interface Moment {
  readonly tUs: RunTimeUs
  /** UTC; null where the timeline does not say when t0 was. */
  readonly at: string | null
  readonly what: string
  readonly of: string
  /** How much earlier it may have been. */
  readonly resolutionUs: number | null
}

/** An injection's edges in the words of a drill's record. */
const edges = {
  requestedUs: 'inject',
  appliedUs: 'applied',
  observedUs: 'seen to act',
  stoppedUs: 'could act no more',
  healedUs: 'healed',
  healVerifiedUs: 'seen to be healed',
  settledUs: 'sustained recovery',
} as const satisfies Partial<Record<keyof InjectionRecord, string>>

/** Every moment of every injection that came to be, and what was done about it, in order. */
export function timelineOf(folder: RunFolder, report: Report): readonly Moment[] {
  const wallUs = wallOfT0(folder)
  const moments = report.injections.flatMap((injection) =>
    Object.entries(edges).flatMap(([edge, what]): Moment[] => {
      const tUs = injection[edge as keyof typeof edges]
      if (tUs === null) return []
      const at = wallUs === null ? null : new Date((wallUs + tUs) / usPerMs).toISOString()
      const isSeen = edge === 'observedUs' || edge === 'healVerifiedUs'
      return [{ tUs, at, what, of: injection.id, resolutionUs: isSeen ? injection.resolutionUs : null }]
    }),
  )
  const acts = (folder.timeline?.rows ?? []).filter(({ kind }) => kind === 'supervisor' || kind === 'step')
  const done = acts.map(
    ({ tUs, id, data }): Moment => ({
      tUs,
      at: wallUs === null ? null : new Date((wallUs + tUs) / usPerMs).toISOString(),
      what: String(data.step),
      of: id ?? '',
      resolutionUs: null,
    }),
  )
  return [...moments, ...done].sort((a, b) => a.tUs - b.tUs)
}

function wallOfT0({ timeline }: RunFolder): number | null {
  const wallUs = timeline?.rows.find(({ kind }) => kind === 't0')?.data.wallUnixUs
  return typeof wallUs === 'number' ? wallUs : null
}

/** Whatever of these is measured in a run; a part that has no number here was not measured, and is left out. */
const recoveryMeasures = ['recovery.', 'data.', 'restore.']

/** The segments of each recovery, losses and restores: value, interval and method of each. */
export function recoveryTable({ measurements }: Report): readonly MeasurementRow[] {
  return measurements.filter(({ id }) => recoveryMeasures.some((prefix) => id.startsWith(prefix)))
}
