import type { SupervisorPlan } from '../../domain/plan.ts'
import { supervisorAfterMsMax } from '../limits.ts'
import type { Problems } from '../problems.ts'
import { bool, duration, joinPath, object, optional, type Read, required, type Spot } from '../shape.ts'
import { child, showTree } from '../tree.ts'

const afterSilence = object({ after: required(duration(0, supervisorAfterMsMax)) })

const promotion = object({ after: required(duration(0, supervisorAfterMsMax)), fence: optional(bool, false) })

/** What a platform would do when a check of its own fails for a while. */
export const readSupervisor: Read<SupervisorPlan | null> = (spot, problems) => {
  const read = object({
    restart: optional<{ readonly after: number } | null>(afterSilence, null),
    promote: optional<{ readonly after: number; readonly fence: boolean } | null>(promotion, null),
    act: optional<{ readonly after: number } | null>(afterSilence, null),
  })(spot, problems)
  if (read === undefined) return undefined
  return {
    restartAfterMs: read.restart?.after ?? null,
    promoteAfterMs: read.promote?.after ?? null,
    fences: read.promote?.fence ?? false,
    ...(read.act === null ? {} : { actAfterMs: read.act.after }),
  }
}

export function checkSupervisor(spot: Spot, isReplicated: boolean, problems: Problems): void {
  const supervisor = child(spot.tree, 'supervisor')
  const promote = child(supervisor, 'promote')
  for (const other of ['promote', 'restart']) {
    const policy = child(supervisor, other)
    if (policy === null || child(supervisor, 'act') === null) continue
    const expected = 'nothing beside act: either your own hook acts, or Squall does'
    problems.add(policy.place, joinPath(spot.path, `supervisor.${other}`), showTree(policy), expected)
  }
  if (promote === null || isReplicated) return
  const expected = 'nothing: no database of the stack follows another, so that none can be promoted'
  problems.add(promote.place, joinPath(spot.path, 'supervisor.promote'), showTree(promote), expected)
}
