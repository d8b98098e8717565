import type { Fault } from '../../chaos/faults/fault.ts'
import { proveBackup, takeBackup } from '../../chaos/faults/restored.ts'
import type { BackupKind } from '../domain/backup.ts'
import type { Clock } from '../domain/clock.ts'
import type { NodeControl } from '../domain/node-control.ts'
import type { Plan } from '../domain/plan.ts'
import { boundsMs } from './bounds.ts'
import { withDeadline } from './injection.ts'
import type { RunTimeline } from './run-timeline.ts'
import type { StackView } from './stack-view.ts'
import { whenStopped } from './when-stopped.ts'

export interface PreparationSpec {
  readonly plan: Plan
  readonly stack: StackView
  readonly faults: ReadonlyMap<string, Fault>
  readonly clock: Clock
  readonly timeline: RunTimeline
  readonly stop: AbortSignal
}

/**
 * What is made ready before the load, a drill's backup first. One after the other: each may keep the database busy. A
 * fault that cannot be prepared refuses to act later.
 */
export async function prepareFaults(spec: PreparationSpec): Promise<void> {
  const { plan, stack, faults, clock, timeline, stop } = spec
  const stopped = whenStopped(stop)
  const proven = provenBackup(spec)
  if (proven !== null) {
    const taken = withDeadline(clock, boundsMs.prepare, 'taking a backup', takeBackup(proven.node, proven.kind))
    await Promise.race([taken.catch((error: unknown) => timeline.note(`no backup: ${String(error)}`)), stopped])
  }
  for (const { id, fault: name, on, with: parameters } of plan.faults) {
    const [fault, node] = [faults.get(name), stack.nodes.get(on)]
    if (stop.aborted) return
    if (fault?.on !== 'node' || fault.prepare === undefined || node === undefined) continue
    const work = fault.prepare(node.control(id, timeline.stepsOf(id)), parameters)
    const prepared = withDeadline(clock, boundsMs.prepare, `preparing ${name}`, work).catch((error: unknown) =>
      timeline.note(`${id}: could not be prepared: ${String(error)}`),
    )
    await Promise.race([prepared, stopped])
  }
}

/** A drill's backup is restored elsewhere beside the load, as in production. What fails leaves no step: no evidence. */
export async function proveBackupBesideLoad(spec: PreparationSpec): Promise<void> {
  const { plan, clock, timeline, stop } = spec
  const proven = provenBackup(spec)
  if (proven === null) return
  const judged = plan.load.phases.find((phase) => phase.judged)
  await clock.sleep((judged?.startMs ?? 0) + boundsMs.proveAfter - timeline.now() / 1_000, stop)
  if (stop.aborted) return
  await withDeadline(clock, boundsMs.heal, 'proving a backup', proveBackup(proven.node, proven.kind)).catch(
    (error: unknown) => timeline.note(`the backup could not be proven: ${String(error)}`),
  )
}

/** The database that a drill proves a backup of; null: it proves none. */
function provenBackup({ plan, stack, timeline }: PreparationSpec): {
  readonly node: NodeControl
  readonly kind: BackupKind
} | null {
  const kind = plan.drill?.verifies
  const id = Object.values(plan.stack.nodes).find(({ backups }) => backups)?.id
  const node = id === undefined ? undefined : stack.nodes.get(id)
  if (kind === undefined || node === undefined) return null
  return { kind, node: node.control('backup-verify', timeline.stepsOf('backup-verify')) }
}
