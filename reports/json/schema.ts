import { z } from 'zod'
import { reasonCodes, verdicts } from '../../src/domain/verdict.ts'

/** The shape of report.json, from which report.schema.json is made. Not used to render: rendering trusts its types. */
const verdict = z.enum(verdicts)
const reason = z.enum(reasonCodes)
const unit = z.enum(['ms', 's', 'ratio', 'count', 'calls/s', 'bool'])
const count = z.int().min(0)
const runTimeUs = z.int().describe('microseconds since t0')
const edgeUs = runTimeUs.nullable().describe('microseconds since t0; null: did not happen')

const interval = z.object({ low: z.number(), high: z.number().nullable().describe('null: without end') })
const open = { unit, sampleCount: count, method: z.string() }
const measured = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('value'),
    value: z.union([z.number(), z.boolean()]),
    ...open,
    interval: interval.nullable(),
  }),
  z
    .object({ kind: z.literal('atLeast'), value: z.number(), ...open, interval: z.null() })
    .describe('not over when the observation ended'),
  z.object({ kind: z.literal('none'), value: z.null(), ...open, interval: z.null(), reason, why: z.string() }),
])

const bound = z.object({
  max: z.number().optional(),
  min: z.number().optional(),
  is: z.boolean().optional(),
  unit,
})

const run = z.object({
  id: z.string(),
  plan: z.string(),
  startedAt: z.iso.datetime().describe('UTC'),
  durationS: z.number(),
  seed: z.number(),
  quick: z.boolean().describe('durations were shortened'),
  users: count,
  paceS: z.number(),
  workload: z.string(),
  target: z.string(),
  ended: z.string().describe('planned, interrupted, or why it was cut'),
  versions: z.record(z.string(), z.string()),
  environment: z.record(z.string(), z.union([z.string(), z.number()])),
})

const newestDrill = z
  .object({
    id: z.string().describe('of its run'),
    drill: z.string(),
    verdict: verdict.nullable().describe('null: it has none that can be gone by'),
    startedAt: z.iso.datetime().describe('UTC'),
    ageDays: count.describe('whole days, when this run began'),
  })
  .nullable()
  .describe('was disaster recovery tested? Outside the verdict. null: no drill is known; absent: nobody looked')

const window = z.object({
  id: z.string(),
  kind: z.enum(['run', 'phase', 'clear', 'injection', 'recovery']),
  spans: z.array(z.object({ startUs: runTimeUs, endUs: runTimeUs })).describe('half-open; empty: never came to be'),
  fault: z.string().nullable(),
  judged: z.boolean(),
})

const injection = z.object({
  id: z.string(),
  fault: z.string(),
  on: z.string(),
  instance: z.number().optional(),
  requestedUs: edgeUs,
  appliedUs: edgeUs,
  observedUs: edgeUs,
  stoppedUs: edgeUs.describe('from here on it could not act any more; null: it could'),
  healedUs: edgeUs,
  healVerifiedUs: edgeUs,
  resolutionUs: z.number().nullable(),
  settledUs: edgeUs,
  plannedStartUs: runTimeUs,
  plannedEndUs: runTimeUs,
  notPossible: z.string().optional(),
  notes: z.array(z.string()),
})

const finding = z.object({
  id: z.string(),
  measure: z.string(),
  window: z.string(),
  verdict,
  reason,
  measured,
  bound,
  why: z.string(),
  hint: z.string().optional().describe('what it points at'),
  judged: z.boolean().describe('false: information, counts in no verdict'),
  where: z.object({ tool: z.string().optional() }).nullable(),
  evidence: z.array(z.object({ file: z.string(), sha256: z.string() })),
})

const measurement = z.object({
  id: z.string(),
  window: z.string(),
  kind: z.enum(['value', 'atLeast', 'none']),
  value: z.union([z.number(), z.boolean()]).nullable(),
  unit,
  sampleCount: count,
  method: z.string(),
  interval: interval.nullable(),
})

const tool = z.object({
  tool: z.string(),
  calls: count,
  goodRatio: z.number().nullable(),
  errors: z.record(z.string(), count),
  p50Ms: measured,
  p95Ms: measured,
  p99Ms: measured,
  maxMs: measured,
})

const titled = measurement.extend({ title: z.string() })
const drill = z
  .object({
    name: z.string(),
    title: z.string(),
    hypothesis: z.string(),
    mode: z.enum(['automatic', 'manual']),
    horizonS: z.number(),
    steps: z.array(z.object({ kind: z.string(), text: z.string() })),
    segments: z
      .array(titled.extend({ synthetic: z.boolean().describe('by our own supervisor and route') }))
      .describe('from the fault to the recovery that lasts; they add up to it'),
    results: z.array(titled),
  })
  .describe('absent: the run is no drill')

export const reportSchema = z
  .object({
    schemaVersion: z.literal(1),
    run,
    newestDrill: newestDrill.optional(),
    drill: drill.optional(),
    verdict,
    exitCode: z.int(),
    summary: z.string(),
    load: z.object({
      callsIntended: count,
      callsSent: count,
      callsPerS: z.number().nullable(),
      usersPeak: z.number().nullable(),
      latePermille: z.number().nullable(),
    }),
    windows: z.array(window),
    injections: z.array(injection),
    findings: z.array(finding),
    notAssessed: z.array(z.object({ id: z.string(), measure: z.string(), window: z.string(), why: z.string() })),
    advice: z.array(
      z.object({ id: z.string(), severity: z.enum(['info', 'warning']), path: z.string(), why: z.string() }),
    ),
    measurements: z.array(measurement),
    tools: z.array(tool),
    errors: z.object({
      rows: z.array(z.object({ outcome: z.string(), text: z.string(), calls: count })),
      omitted: count,
    }),
  })
  .describe('report.json of one Squall run, schema version 1. Fields may be added; none changes its meaning.')

/** The published JSON Schema, as text. A reader ignores fields that it does not know. */
export function schemaText(): string {
  return `${JSON.stringify(z.toJSONSchema(reportSchema, { io: 'input' }), null, 2)}\n`
}
