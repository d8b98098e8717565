import type { DrillDescription } from '../../src/domain/catalogue.ts'

/** A value as YAML has it. */
type PlanValue = null | boolean | number | string | readonly PlanValue[] | { readonly [key: string]: PlanValue }

/**
 * A recovery exercise: a plan with what is expected of it. `plan` is written as plans are (docs/plan.md) and is read by
 * the same reader; name and `drill` are added. A plan of the user's own may extend it, by `extends: drill:<name>`.
 */
export interface Drill extends DrillDescription {
  readonly plan: { readonly [key: string]: PlanValue }
}

/** The text of the drill's plan: JSON, which YAML holds. */
export function planTextOf({ name, plan }: Drill): string {
  const { drill, ...rest } = plan
  const own = typeof drill === 'object' && drill !== null ? drill : {}
  return JSON.stringify({ squall: 1, name: `drill-${name}`, ...rest, drill: { ...own, name } }, null, 2)
}
