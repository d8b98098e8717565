import type { PlannedFault } from '../domain/plan.ts'
import { msToUs } from '../domain/time.ts'
import type { InjectionRecord } from '../domain/verdict.ts'
import type { RunFolder } from '../record/reader.ts'
import type { TimelineRow } from '../record/reader-rows.ts'

type Edges = Pick<
  InjectionRecord,
  'requestedUs' | 'appliedUs' | 'observedUs' | 'stoppedUs' | 'healedUs' | 'healVerifiedUs'
>

/** What became of each planned fault, by the timeline; `settledUs` is null here (see settled.ts). */
export function readInjections(folder: RunFolder): readonly InjectionRecord[] {
  const rows = folder.timeline?.rows ?? []
  return folder.run.plan.faults.map((fault) =>
    injectionOf(
      fault,
      rows.filter((row) => row.kind === 'injection' && row.id === fault.id),
    ),
  )
}

function injectionOf(fault: PlannedFault, rows: readonly TimelineRow[]): InjectionRecord {
  const at = (edge: string): number | null => rows.find((row) => row.data.edge === edge)?.tUs ?? null
  const edges: Edges = {
    requestedUs: at('requested'),
    appliedUs: at('applied'),
    observedUs: at('observed'),
    stoppedUs: at('stopped'),
    healedUs: at('healed'),
    healVerifiedUs: at('healVerified'),
  }
  const resolutions = rows.map((row) => row.data.resolutionUs).filter((value) => typeof value === 'number')
  // One that waits for something is planned from the moment on at which that came.
  const startUs = (fault.after === undefined ? null : edges.requestedUs) ?? msToUs(fault.startMs)
  return {
    id: fault.id,
    fault: fault.fault,
    on: fault.on,
    ...(fault.instance === undefined ? {} : { instance: fault.instance }),
    ...edges,
    resolutionUs: resolutions.length === 0 ? null : Math.max(...resolutions),
    settledUs: null,
    plannedStartUs: startUs,
    plannedEndUs: startUs + msToUs(fault.forMs),
    ...notPossible(rows),
    notes: rows.map((row) => row.data.note).filter((note) => typeof note === 'string'),
  }
}

function notPossible(rows: readonly TimelineRow[]): Pick<InjectionRecord, 'notPossible'> {
  const why = rows.find((row) => row.data.edge === 'notPossible')?.data.note
  return typeof why === 'string' ? { notPossible: why } : {}
}

/** When an injection began to matter: its first edge, whichever the timeline has. null: it never came. */
export function injectionStartUs(injection: InjectionRecord): number | null {
  return injection.requestedUs ?? injection.appliedUs ?? injection.observedUs
}
