import { expect, test } from 'vitest'
import type { Objective } from '../domain/plan.ts'
import { launchBounds } from './launch-bounds.ts'
import { objectiveOf, planOf } from './testing/plan-of.ts'

const bound = (measure: string, max: number, changes: Partial<Objective> = {}) =>
  objectiveOf(`${measure}-${max}`, measure, 'steady.clear', { max }, changes)
const none = { latencyMsP95Max: null, errorRatioMax: null, poolUsedRatioMax: null, connectionsMax: null }

test.each<readonly [string, readonly Objective[], object]>([
  ['none of a plan without them', [], none],
  [
    'the strictest of several',
    [bound('tool.latency.p95', 500), bound('tool.latency.p95', 300), bound('tool.latency.p95', 400)],
    { ...none, latencyMsP95Max: 300 },
  ],
  [
    'each by its own measure',
    [
      bound('tool.latency.p95', 500),
      bound('tool.error_ratio', 0.05),
      bound('pool.used.peak_ratio', 0.85),
      bound('database.connections.peak', 94),
    ],
    { latencyMsP95Max: 500, errorRatioMax: 0.05, poolUsedRatioMax: 0.85, connectionsMax: 94 },
  ],
  ['not what is only shown', [bound('tool.latency.p95', 500, { judged: false })], none],
  ['not one tool’s', [bound('tool.latency.p95', 500, { where: { tool: 'read' } })], none],
  ['not what is bounded from below', [objectiveOf('p95', 'tool.latency.p95', 'steady.clear', { min: 5 })], none],
  ['not a window with faults in it', [objectiveOf('p95', 'tool.latency.p95', 'steady', { max: 500 })], none],
])('the launch criteria: %s', (_why, objectives, expected) => {
  expect(launchBounds(planOf({ objectives }))).toEqual(expected)
})
