import type { Catalogue } from '../../domain/catalogue.ts'
import { type Advice, type NodeSpec, type Objective, type Plan, usersPeak } from '../../domain/plan.ts'
import { parseDurationMs } from '../quantity.ts'

/** Looks at a plan without problems and says what is suspicious about it, with the numbers. Pure. */
export interface Lint {
  readonly id: string
  readonly severity: Advice['severity']
  look(plan: Plan, catalogue: Catalogue): readonly Remark[]
}

export interface Remark {
  readonly path: string
  readonly why: string
}

/** The servers of a plan whose settings are known: those that take the reference server's variables. */
export function servers(plan: Plan): readonly NodeSpec[] {
  return Object.values(plan.stack.nodes).filter((node) => node.role === 'mcp' && node.env.POOL_SIZE !== undefined)
}

/** A setting in its unit; null when it is not set, 0 (which means no limit), or no number. */
export function setting(node: NodeSpec, name: string): number | null {
  const value = Number(node.env[name] ?? 0)
  return Number.isFinite(value) && value > 0 ? value : null
}

/** Where the value came from: the plan's own env, or the preset. */
export function settingPath(node: NodeSpec, name: string): string {
  return `stack.nodes.${node.id}.env.${name}`
}

/** Connections that all instances of a server may open together. */
export function connectionsOf(node: NodeSpec): number {
  return ((setting(node, 'POOL_SIZE') ?? 0) + (setting(node, 'POOL_MAX_OVERFLOW') ?? 0)) * node.instances
}

/** Calls a second that the schedule intends with all users. */
export function callsPerSPeak(plan: Plan): number {
  return (usersPeak(plan) * 1_000) / plan.load.paceMs
}

/** The upper bound of an objective on a time, in ms whatever its measure's unit; null for any other objective. */
export function maxMs({ max, boundText }: Objective): number | null {
  return max === null ? null : parseDurationMs(boundText)
}

/** Whether a measure is part of the verdict. */
export function judges({ objectives }: Plan, measure: string): boolean {
  return objectives.some((objective) => objective.judged && objective.measure === measure)
}
