import type { DrillPlan } from '../../domain/plan.ts'
import type { Known } from '../known.ts'
import { drillHorizonMsMax, drillHorizonMsMin } from '../limits.ts'
import { duration, object, oneOf, optional, type Read, required } from '../shape.ts'

const modes = ['automatic', 'manual'] as const
const schedules = ['week', 'month', 'quarter', 'year'] as const

/** `drill`: the plan is a recovery exercise. */
export function readDrill(known: Known): Read<DrillPlan | null> {
  return (spot, problems) => {
    const drill = object({
      name: required(oneOf(known.catalogue.drills.keys(), 'a drill')),
      mode: optional(oneOf(modes, 'how its steps are carried out'), 'automatic'),
      horizon: optional(duration(drillHorizonMsMin, drillHorizonMsMax), 60_000),
      every: optional<DrillPlan['every']>(oneOf(schedules, 'how often it is to be done'), null),
    })(spot, problems)
    if (drill === undefined) return undefined
    const { horizon, ...kept } = drill
    return { ...kept, horizonMs: horizon }
  }
}
