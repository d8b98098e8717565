import { z } from 'zod'
import { comparisonVerdicts } from '../../src/domain/comparison.ts'

/** The shape of comparison.json, from which comparison.schema.json is made. */
const verdict = z.enum(comparisonVerdicts)
const endless = z.number().nullable()

const side = z.object({
  plan: z.string(),
  runs: z.array(z.object({ id: z.string(), folder: z.string(), startedAt: z.iso.datetime().describe('UTC') })).min(1),
  environment: z.string().describe('of what the environments have in common; one hash for each that differs'),
})

const value = z
  .object({
    value: endless.describe('null: infinite, so many calls had no good end'),
    samples: z.number().min(0).describe('values, calls or seconds, over all runs of the side'),
  })
  .nullable()

const difference = z
  .object({
    value: endless.describe('head - base, in the unit of the row; null: infinite'),
    interval: z
      .object({ low: endless, high: endless })
      .describe('95 %, of this difference alone; null: without end on that side'),
    relative: endless.describe('of the value of base; null: that is 0, or shares are compared, which differ in points'),
    p: z.number().min(0).max(1).describe('one-sided, adjusted for all rows together'),
    detectable: endless.describe('what four of five comparisons like this one call; null: nothing, however large'),
  })
  .nullable()
  .describe('null: none could be computed; `why` says why')

const row = z.object({
  measure: z.string(),
  window: z.string(),
  unit: z.enum(['ms', 's', 'ratio', 'count', 'calls/s', 'bool']),
  better: z.enum(['lower', 'higher']),
  isKey: z.boolean().describe('without enough evidence on it the comparison as a whole is inconclusive'),
  base: value,
  head: value,
  difference,
  minimumEffect: z.number().min(0).describe('what a difference must at least be to count, in the unit of the row'),
  verdict,
  why: z.string(),
  method: z.string(),
})

const limits = z.object({
  relative: z.number().describe('of the value of base: times, rates, counts'),
  timeMs: z.number(),
  errorRatio: z.number().describe('of calls: 0.005 are 0.5 percentage points'),
  poolRatio: z.number().describe('of the pool'),
  count: z.number(),
})

export const comparisonSchema = z
  .object({
    schemaVersion: z.literal(1),
    verdict,
    exitCode: z.int(),
    summary: z.string(),
    base: side,
    head: side,
    foreign: z
      .array(z.object({ what: z.string(), base: z.string(), other: z.string(), run: z.string() }))
      .describe('not empty: the runs are not alike, and were compared all the same (--force-foreign)'),
    notes: z.array(z.string()),
    rows: z.array(row),
    windowsLeftOut: z.array(z.string()).describe('windows that one side alone has'),
    limits,
  })
  .describe('comparison.json of `squall compare`, schema version 1. Fields may be added; none changes its meaning.')

/** The published JSON Schema, as text. A reader ignores fields that it does not know. */
export function comparisonSchemaText(): string {
  return `${JSON.stringify(z.toJSONSchema(comparisonSchema, { io: 'input' }), null, 2)}\n`
}
