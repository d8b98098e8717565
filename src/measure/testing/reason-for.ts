import { measure } from '../measure-spec.ts'
import { measureById } from '../registry.ts'
import { RunView } from '../run-view.ts'
import { calmRun, poolOf } from './calm-run.ts'
import { type GeneratedPoolRow, type GeneratedRun, readGenerated } from './generated-run.ts'
import { faultOf, planOf } from './plan-of.ts'

/** With one fault, `f`. */
export const gatedPlan = planOf({ faults: [faultOf()] })

/** Why a measure has no value in a window, or the kind that it has. */
export function reasonIn(view: RunView, measureId: string, windowId: string): string {
  const spec = measureById(measureId)
  const window = view.window(windowId)
  if (spec === null || window === null) throw new Error(`${measureId} ${windowId}`)
  const measured = measure(view, spec, { window })
  return measured.kind === 'none' ? measured.reason : measured.kind
}

export function reasonFor(measureId: string, windowId: string, changes: Partial<GeneratedRun>): string {
  return reasonIn(new RunView(readGenerated(calmRun({ plan: gatedPlan, ...changes }))), measureId, windowId)
}

export const p95 = 'tool.latency.p95'
export const peak = 'pool.used.peak_ratio'

/** A pool whose samples are changed, or left out. */
export const pool = (sample: (row: GeneratedPoolRow) => GeneratedPoolRow | null) => poolOf({ used: () => 12, sample })
/** A pool whose samples fail from one time to another. */
export const failing = (fromMs: number, toMs: number) =>
  pool((row) =>
    row.tUs >= fromMs * 1000 && row.tUs < toMs * 1000 ? { tUs: row.tUs, tookUs: 1_000_000, error: 'HTTP 503' } : row,
  )
