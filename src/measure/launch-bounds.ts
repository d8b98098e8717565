import type { Plan } from '../domain/plan.ts'

/** What "within the launch criteria" means for a plan; null: it has no such objective. */
export interface LaunchBounds {
  readonly latencyMsP95Max: number | null
  readonly errorRatioMax: number | null
  /** Of the pool's size. */
  readonly poolUsedRatioMax: number | null
  readonly connectionsMax: number | null
}

/** The plan's judged objectives that are about clear windows and not about single tools; the strictest of several. */
export function launchBounds(plan: Plan): LaunchBounds {
  const strictest = (measure: string): number | null => {
    const bounds = plan.objectives
      .filter((objective) => objective.measure === measure && objective.judged && objective.where === null)
      .filter((objective) => objective.during.endsWith('.clear'))
      .flatMap((objective) => objective.max ?? [])
    return bounds.length === 0 ? null : Math.min(...bounds)
  }
  return {
    latencyMsP95Max: strictest('tool.latency.p95'),
    errorRatioMax: strictest('tool.error_ratio'),
    poolUsedRatioMax: strictest('pool.used.peak_ratio'),
    connectionsMax: strictest('database.connections.peak'),
  }
}
