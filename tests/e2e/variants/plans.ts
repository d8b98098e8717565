import type { Defect } from './defects.ts'

/** One plan for each kind of harm that the defects answer to; the healthy server passes all of them. */
export type VariantPlan = 'hole' | 'terminated' | 'deadlocks' | 'restarted' | 'slow-category'

/** Which plan finds which defect, by which finding, and what that says of the users. */
export const foundBy: Readonly<Record<Exclude<Defect, 'none'>, readonly [VariantPlan, finding: string, says: RegExp]>> =
  {
    'pool-defaults': ['hole', 'time-to-failure', /^Service time .* wanted at most 8 s/],
    'keepalive-only': ['hole', 'time-to-failure', /^Service time .* wanted at most 8 s/],
    'connect-limit-only': ['hole', 'time-to-failure', /^Service time .* wanted at most 8 s/],
    'query-limit-only': ['hole', 'time-to-failure', /^Service time .* wanted at most 8 s/],
    'breaker-stuck': ['hole', 'back', /until settled .* wanted at most 9 s/],
    'retry-storm': ['hole', 'back', /until settled .* wanted at most 9 s/],
    'lying-ready': ['hole', 'ready-truth', /^Answers "ready" while no connection .* wanted at most 0/],
    'no-error-handler': ['terminated', 'system.unplanned_exit', /server ended with code 1/],
    'no-deadlock-retry': ['deadlocks', 'deadlocks-told', /ended as tool_error .* wanted at most/],
    'sessions-refused': ['restarted', 'back', /until settled .* wanted at most 9 s/],
    'no-bulkhead': ['slow-category', 'others', /ended as tool_error .* wanted at most/],
  }

const loadS = { hole: 32, terminated: 16, deadlocks: 20, restarted: 24, 'slow-category': 24 } as const

/** From 6 s on, before which the launch criteria are taken. */
const faults: Readonly<Record<VariantPlan, Readonly<Record<string, unknown>>>> = {
  hole: { fault: 'black-hole', on: 'db', for: '12 s', recovery: '14 s' },
  terminated: { fault: 'backends-terminated', on: 'primary', for: '3 s', recovery: '7 s' },
  deadlocks: {
    fault: 'deadlocks',
    on: 'primary',
    with: { first: 'customers', second: 'audit_log' },
    for: '6 s',
    recovery: '8 s',
  },
  restarted: { fault: 'kill', on: 'server', for: '4 s', recovery: '12 s' },
  'slow-category': {
    fault: 'table-locked',
    on: 'primary',
    with: { table: 'onboarding_plans' },
    for: '8 s',
    recovery: '8 s',
  },
}

const objectives: Readonly<Record<VariantPlan, readonly object[]>> = {
  hole: [
    // 2 s for a connection, 4 s for a statement, and a second for a busy machine.
    { id: 'time-to-failure', measure: 'tool.service_time.max', during: 'harm', max: '8 s' },
    { id: 'ready-truth', measure: 'ready.lies', during: 'harm', max: 0 },
  ],
  terminated: [],
  // Three tries with pauses outlast a deadlock; what a deadlock costs in time is another matter.
  deadlocks: [{ id: 'deadlocks-told', measure: 'tool.error_ratio.tool_error', during: 'harm', max: 0 }],
  restarted: [],
  // Refused calls alone: a user whose slow call is open cannot make his next one, whatever the server does.
  'slow-category': [
    {
      id: 'others',
      measure: 'tool.error_ratio.tool_error',
      during: 'harm',
      where: { tool: 'get_health_score' },
      max: 0.01,
    },
  ],
}

/** As JSON, which is YAML too. */
export function variantPlan(name: VariantPlan, defect: Defect): string {
  return JSON.stringify({
    squall: 1,
    name: `variant-${name}`,
    extends: 'base',
    stack: {
      preset: null,
      nodes: {
        server: {
          command: ['node', 'tests/e2e/variants/node-postgres.ts'],
          era: 'legacy', // some defects are of its sessions
          env: { DEFECT: defect },
          ready: { path: '/ready', within: '30 s' },
        },
        primary: { max_connections: 60 },
      },
    },
    load: { pace: '500 ms', phases: [{ id: 'steady', for: `${loadS[name]} s`, users: 60 }] },
    faults: [{ id: 'harm', start: { phase: 'steady', at: '6 s' }, ...faults[name] }],
    objectives: [
      { id: 'clear-p95', measure: 'tool.latency.p95', during: 'steady.clear', max: '1 s' },
      { id: 'clear-errors', measure: 'tool.error_ratio', during: 'steady.clear', max: 0.05 },
      { id: 'back', measure: 'recovery.after_heal', during: 'harm.recovery', max: '9 s' },
      ...objectives[name],
    ],
  })
}
