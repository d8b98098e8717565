import { type BackupKind, backupKinds } from '../../domain/backup.ts'
import type { DrillPlan } from '../../domain/plan.ts'
import type { Known } from '../known.ts'
import { drillHorizonMsMax, drillHorizonMsMin } from '../limits.ts'
import { duration, joinPath, object, oneOf, optional, placeOf, type Read, required } from '../shape.ts'
import { child } from '../tree.ts'

const modes = ['automatic', 'manual'] as const
const schedules = ['week', 'month', 'quarter', 'year'] as const

function hasBackups({ nodes }: Known): boolean {
  return [...nodes.values()].some((node) => child(node, 'backups') !== null)
}

/** `drill`: the plan is a recovery exercise. */
export function readDrill(known: Known): Read<DrillPlan | null> {
  return (spot, problems) => {
    const drill = object({
      name: required(oneOf(known.catalogue.drills.keys(), 'a drill')),
      mode: optional(oneOf(modes, 'how its steps are carried out'), 'automatic'),
      horizon: optional(duration(drillHorizonMsMin, drillHorizonMsMax), 60_000),
      verifies: optional<BackupKind | null>(oneOf(backupKinds, 'which backup is proven'), null),
      every: optional<DrillPlan['every']>(oneOf(schedules, 'how often it is to be done'), null),
    })(spot, problems)
    if (drill === undefined) return undefined
    const { horizon, verifies, ...kept } = drill
    if (verifies !== null && !hasBackups(known)) {
      const expected = 'nothing: no database of the stack has backups, such as backups: {archive: true}'
      problems.add(placeOf(spot, 'verifies'), joinPath(spot.path, 'verifies'), verifies, expected)
    }
    return { ...kept, horizonMs: horizon, ...(verifies === null ? {} : { verifies }) }
  }
}
