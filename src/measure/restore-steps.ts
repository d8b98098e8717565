import type { BackupPlan } from '../domain/backup.ts'
import type { Window } from '../domain/verdict.ts'
import { CallSet } from './call-set.ts'
import type { Gate, Stretch } from './gates.ts'
import { stretchOf } from './gates.ts'
import type { RunView } from './run-view.ts'

/** What faults whose end is a restore have told of it: the `step` rows of the timeline. */

type Data = Readonly<Record<string, unknown>>

/** The steps of a window's injection with that name, in their order; of the whole run: all. */
export function stepsOf(view: RunView, window: Window, step: string): readonly Data[] {
  return rowsOf(view, window).flatMap(({ data }) => (data.step === step ? [data] : []))
}

function rowsOf(view: RunView, { fault }: Window) {
  const rows = view.folder.timeline?.rows ?? []
  return rows.filter(({ kind, id }) => kind === 'step' && (fault === null || id === fault))
}

/**
 * Where there are steps they speak for themselves, also of a fault that was never verified to be over: a restore that lacks
 * rows is no restore without evidence.
 */
export function restoreStretch(view: RunView, window: Window): Stretch | Gate {
  const times = rowsOf(view, window).map(({ tUs }) => tUs)
  if (times.length === 0) return stretchOf(view, window)
  // Any step may be the last one, as long as the run's own end is not told.
  const { timeline } = view.folder
  if (view.end.reason === 'cut') {
    const why = `${timeline?.state.file ?? 'the timeline'} ends before all steps of ${window.id} are told: ${timeline?.state.cut ?? 'no end row'}`
    return { reason: 'stream_cut', why }
  }
  const spans = [{ startUs: Math.min(...times), endUs: Math.max(...times) + 1 }]
  const { table } = view.calls(window)
  return { name: window.id, spans, fault: null, shapedBy: [], calls: new CallSet(table, new Uint32Array()) }
}

export function lacksBackups(view: RunView): string | null {
  return Object.values(view.plan.stack.nodes).some(({ backups }) => backups)
    ? null
    : 'no database of the stack has backups: say stack.nodes.<id>.backups, such as backups: {archive: true}'
}

/** Of the node that the window's fault is on; of the whole run: the first that has any. */
export function backupPlanOf(view: RunView, { fault }: Window): BackupPlan | null {
  const { nodes } = view.plan.stack
  const on = view.injection(fault)?.on
  const node = on === undefined ? Object.values(nodes).find(({ backups }) => backups) : nodes[on]
  return node?.backups ?? null
}

/** null: not told, or no number. */
export function numberIn(data: Data | undefined, key: string): number | null {
  const value = data?.[key]
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}
