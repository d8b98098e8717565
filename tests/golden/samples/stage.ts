import type { Samples, Series } from '../../../src/domain/series.ts'
import { usPerMs, usPerSecond } from '../../../src/domain/time.ts'
import type { InjectionRecord, Report, RunHeader, Window } from '../../../src/domain/verdict.ts'
import { randomOf } from './calls.ts'

/** A report and the series it is drawn from. */
export interface Sample {
  readonly report: Report
  readonly series: Series
}

export const tools = [
  'get_customer',
  'list_customers',
  'get_health_score',
  'list_tickets',
  'create_ticket',
  'update_contract',
  'send_message',
  'list_onboarding_tasks',
]

const s = (seconds: number) => Math.round(seconds * usPerSecond)

export function header(more: Partial<RunHeader>): RunHeader {
  return {
    id: '20261121-101804-launch-gate',
    plan: 'launch-gate',
    startedAt: '2026-11-21T10:18:04.250Z',
    durationS: 127,
    seed: 42,
    quick: false,
    users: 1000,
    paceS: 4,
    workload: 'customer-success',
    target: 'local stack, preset remediated: server, primary',
    ended: 'planned',
    versions: { k6: '2.1.0', node: '24.21.0', postgres: '16.10', squall: '0.1.0', toxiproxy: '2.13.0' },
    environment: { cores: 2, cpu: 'generic x86-64', kernel: '6.1', memoryMiB: 7_940, plan_sha256: '6f1e…' },
    ...more,
  }
}

export interface StagedFault {
  readonly id: string
  readonly fault: string
  readonly startS: number
  readonly endS: number
  readonly settledS: number | null
}

/** An injection whose edges lie some milliseconds after what was planned, as in a real run. */
export function injection(staged: StagedFault): InjectionRecord {
  return {
    id: staged.id,
    fault: staged.fault,
    on: 'db',
    requestedUs: s(staged.startS) + 812,
    appliedUs: s(staged.startS) + 3_420,
    observedUs: s(staged.startS) + 251_300,
    stoppedUs: null,
    healedUs: s(staged.endS) + 2_912,
    healVerifiedUs: s(staged.endS) + 262_140,
    resolutionUs: 250_000,
    settledUs: staged.settledS === null ? null : s(staged.settledS),
    plannedStartUs: s(staged.startS),
    plannedEndUs: s(staged.endS),
    notes: [],
  }
}

/** Windows of a run with a warm-up of 20 s and one steady phase with these faults, in order and apart. */
export function windowsOf(durationS: number, faults: readonly StagedFault[]): Window[] {
  const steady = { startUs: s(20), endUs: s(durationS) }
  const recoveryEnd = (fault: StagedFault) => s(fault.settledS ?? Math.min(durationS, fault.endS + 20))
  const clear: { startUs: number; endUs: number }[] = []
  let fromUs = steady.startUs
  for (const fault of faults) {
    clear.push({ startUs: fromUs, endUs: s(fault.startS) })
    fromUs = recoveryEnd(fault)
  }
  clear.push({ startUs: fromUs, endUs: steady.endUs })
  const own = faults.flatMap((fault): Window[] => [
    {
      id: fault.id,
      kind: 'injection',
      spans: [{ startUs: s(fault.startS) + 812, endUs: s(fault.endS) + 262_140 }],
      fault: fault.id,
      judged: true,
    },
    {
      id: `${fault.id}.recovery`,
      kind: 'recovery',
      spans: [{ startUs: s(fault.endS) + 262_140, endUs: recoveryEnd(fault) }],
      fault: fault.id,
      judged: true,
    },
  ])
  return [
    { id: 'run', kind: 'run', spans: [{ startUs: 0, endUs: steady.endUs }], fault: null, judged: true },
    { id: 'warm-up', kind: 'phase', spans: [{ startUs: 0, endUs: steady.startUs }], fault: null, judged: false },
    { id: 'steady', kind: 'phase', spans: [steady], fault: null, judged: true },
    {
      id: 'steady.clear',
      kind: 'clear',
      spans: clear.filter((span) => span.startUs < span.endUs),
      fault: null,
      judged: true,
    },
    ...own,
  ]
}

/** A quantity sampled every `everyMs`; `at` says its value at a second of the run, null for a gap. */
export function sampled(durationS: number, everyMs: number, at: (t: number) => number | null): Samples {
  const count = Math.floor((durationS * 1_000) / everyMs)
  const timeUs = Array.from({ length: count }, (_, index) => index * everyMs * usPerMs)
  return { timeUs, value: timeUs.map((us) => at(us / usPerSecond)) }
}

export interface Resources {
  readonly durationS: number
  readonly poolMax: number
  readonly databaseMax: number
  /** Connections wanted at a second of the run; what the pool cannot give waits. */
  wanted(t: number): number
}

/** Pool, database and processes of such a run. */
export function resourceSeries(resources: Resources): Omit<Series, 'calls'> {
  const { durationS, poolMax, databaseMax, wanted } = resources
  const random = randomOf(7)
  const noisy = (t: number) => Math.max(0, wanted(t) * (0.8 + 0.4 * random()))
  const used = (t: number) => Math.min(poolMax, Math.round(noisy(t)))
  const cpu = (base: number, each: number) => (t: number) =>
    Number((base + each * wanted(t) + 0.05 * random()).toFixed(3))
  return {
    startUs: 0,
    endUs: s(durationS),
    pool: {
      used: sampled(durationS, 500, used),
      pending: sampled(durationS, 500, (t) => Math.max(0, Math.round(noisy(t) - poolMax))),
      max: poolMax,
      usedHighWater: sampled(durationS, 1_000, (t) => Math.min(poolMax, Math.round(wanted(t) * 1.25 + 1))),
    },
    databaseConnections: sampled(durationS, 1_000, (t) => Math.min(poolMax, Math.round(wanted(t) + 2))),
    databaseMax,
    processes: [
      {
        process: 'server',
        cpu: sampled(durationS, 1_000, cpu(0.45, 0.002)),
        rssMiB: sampled(durationS, 1_000, () => 182),
      },
      {
        process: 'primary',
        cpu: sampled(durationS, 1_000, cpu(0.28, 0.001)),
        rssMiB: sampled(durationS, 1_000, () => 401),
      },
      { process: 'k6', cpu: sampled(durationS, 1_000, cpu(0.2, 0)), rssMiB: sampled(durationS, 1_000, () => 233) },
    ],
  }
}
