import type { DrillPlan } from '../domain/plan.ts'
import type { DrillReport, MeasurementRow, Report } from '../domain/verdict.ts'
import { measureById } from '../measure/registry.ts'
import type { RunView } from '../measure/run-view.ts'

/** In the order of time. */
const segmentIds = ['detect', 'decide', 'promote', 'route', 'restart', 'act', 'first_success', 'sustain']
const synthetic = new Set(['detect', 'decide', 'promote', 'route', 'restart'])

/** What a drill's report tells beside its findings; nothing of a run that is none. */
export function drillReportOf(view: RunView, measurements: readonly MeasurementRow[]): Pick<Report, 'drill'> {
  const { drill } = view.plan
  if (!drill) return {}
  const { drillScript } = view.folder.run
  const window = recoveryWindow(view)
  const rowOf = (id: string, during: string) => measurements.find((row) => row.id === id && row.window === during)
  const segments = segmentIds.flatMap((id): DrillReport['segments'] => {
    const row = window === null ? undefined : rowOf(`recovery.${id}`, window)
    return row === undefined || row.kind === 'none' ? [] : [{ ...titled(row), synthetic: isSynthetic(id, drill) }]
  })
  const results = measurements.filter(
    ({ id, window: during }) =>
      (id.startsWith('data.') && during === 'run') || id.startsWith('restore.') || isClock(id, during, window),
  )
  return {
    drill: {
      name: drill.name,
      title: drillScript?.title ?? drill.name,
      hypothesis: drillScript?.hypothesis ?? '',
      mode: drill.mode,
      horizonS: drill.horizonMs / 1_000,
      steps: drillScript?.steps ?? [],
      segments,
      results: results.filter(({ kind }) => kind !== 'none').map(titled),
    },
  }
}

/** In manual mode a person decides. */
function isSynthetic(id: string, { mode }: DrillPlan): boolean {
  return synthetic.has(id) && !(id === 'decide' && mode === 'manual')
}

function isClock(id: string, during: string, window: string | null): boolean {
  const shown = ['recovery.rto_first', 'recovery.rto_sustained', 'recovery.at_database', 'recovery.harness_share']
  return during === window && shown.includes(id)
}

/** The one that the plan bounds by its recovery; else the first fault's. */
function recoveryWindow({ plan }: RunView): string | null {
  const bounded = plan.objectives.find(({ measure }) => measure === 'recovery.rto_sustained')
  return bounded?.during ?? plan.faults[0]?.id ?? null
}

function titled(row: MeasurementRow): MeasurementRow & { readonly title: string } {
  return { ...row, title: measureById(row.id)?.title ?? row.id }
}
