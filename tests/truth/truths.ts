/**
 * Runs whose truth is known in advance, and what Squall must say of each: written down before the first of them was run.
 * A finding that a truth does not name must pass.
 */
import type { Truth } from './truth.ts'

const beyond = ['fail', 'beyond_bound'] as const
const undelivered = ['unknown', 'load_not_delivered'] as const

const manyTools: Truth = {
  id: 'answers',
  says:
    'fixed and mixed delays, a slow drift, an error burst in one tool, fast refusals by isError, mixed-up answers, ' +
    'success that says failed, and mock data, each in a tool of its own',
  server: {
    tools: {
      get_health_score: { delayMs: 400 },
      get_customer: { delayMs: 200, slow: { every: 5, delayMs: 800 } },
      get_onboarding_plan: { delayMs: 100, driftMsPerS: 40 },
      list_contracts: {
        delayMs: 20,
        wrong: { says: 'unavailable', every: 1, during: { fromMs: 12_000, forMs: 4_000 } },
      },
      search_customers: { delayMs: 150, wrong: { says: 'refuses', every: 3 } },
      get_health_history: { delayMs: 20, wrong: { says: 'crossed-content', every: 4 } },
      get_risk_history: { delayMs: 20, wrong: { says: 'crossed-id', every: 4 } },
      list_onboarding_tasks: { delayMs: 20, wrong: { says: 'says-failed', every: 5 } },
      get_onboarding_report: { delayMs: 20, readOnly: true, wrong: { says: 'mock', every: 1 } },
    },
  },
  users: 180,
  pace: '2 s',
  weights: {
    get_health_score: 1,
    get_customer: 1,
    get_onboarding_plan: 1,
    list_contracts: 1,
    search_customers: 1,
    get_health_history: 1,
    get_risk_history: 1,
    list_onboarding_tasks: 1,
    get_onboarding_report: 1,
  },
  phases: [
    { id: 'early', s: 10 },
    { id: 'late', s: 10 },
  ],
  objectives: [
    ...[
      ['fixed', 'get_health_score', 'early'],
      ['mixed', 'get_customer', 'early'],
      ['drift-early', 'get_onboarding_plan', 'early'],
      ['drift-late', 'get_onboarding_plan', 'late'],
      ['refused', 'search_customers', 'early'],
    ].map(([id = '', tool = '', during = '']) => ({
      id,
      measure: 'tool.latency.p95',
      during,
      where: { tool },
      max: '600 ms',
    })),
    ...[
      ['burst-before', 'list_contracts', 'early', 'http_error'],
      ['burst', 'list_contracts', 'late', 'http_error'],
      ['is-error', 'search_customers', 'run', 'tool_error'],
      ['crossed-content', 'get_health_history', 'run', 'wrong_answer'],
      ['crossed-id', 'get_risk_history', 'run', 'wrong_answer'],
      ['says-failed', 'list_onboarding_tasks', 'run', 'application_error'],
      ['mock', 'get_onboarding_report', 'run', 'wrong_answer'],
      ['others-right', 'get_health_score', 'run', 'wrong_answer'],
    ].map(([id = '', tool = '', during = '', outcome = '']) => ({
      id,
      measure: `tool.error_ratio.${outcome}`,
      during,
      where: { tool },
      max: 0.05,
    })),
  ],
  expected: {
    verdict: 'fail',
    exitCode: 1,
    findings: {
      mixed: beyond,
      'drift-late': beyond,
      refused: beyond,
      burst: beyond,
      'is-error': beyond,
      'crossed-content': beyond,
      'crossed-id': beyond,
      'says-failed': beyond,
      mock: beyond,
      'tool.constant_answers': ['fail', 'constant_answers'],
    },
    told: { 'tool.constant_answers': /^get_onboarding_report gave one and the same answer/ },
    known: {
      fixed: { kind: 'p95', tool: 'get_health_score', phase: 'early' },
      mixed: { kind: 'p95', tool: 'get_customer', phase: 'early' },
      'drift-early': { kind: 'p95', tool: 'get_onboarding_plan', phase: 'early' },
      'drift-late': { kind: 'p95', tool: 'get_onboarding_plan', phase: 'late' },
      burst: { kind: 'wrong-ratio', tool: 'list_contracts', phase: 'late' },
      'is-error': { kind: 'wrong-ratio', tool: 'search_customers', phase: 'run' },
      'crossed-content': { kind: 'wrong-ratio', tool: 'get_health_history', phase: 'run' },
      'crossed-id': { kind: 'wrong-ratio', tool: 'get_risk_history', phase: 'run' },
      'says-failed': { kind: 'wrong-ratio', tool: 'list_onboarding_tasks', phase: 'run' },
      mock: { kind: 'wrong-ratio', tool: 'get_onboarding_report', phase: 'run' },
      refused: {
        kind: 'value',
        value: 35_000,
        within: 0,
        why: 'a third never got an answer: at least the call timeout',
      },
    },
  },
}

const phase = (s: number) => [{ id: 'steady', s }]
const oneTool = { get_health_score: 1 }

/**
 * Calls that are due during a stall wait for its end, the latest least: with a stall of 1 s in `s` seconds of load a
 * hundredth of all calls are those of its first s/100 seconds, so that the p99 from intended starts is 1 s less s/100 s.
 * Sent were only those that were due first, one a user: 4 of 160 a second, which no p99 of service time shows.
 */
export function stallIn(s: number): Truth {
  const [delayMs, stallMs] = [10, 1_000]
  return {
    id: `stall-in-${s}-s`,
    says: `the server stands still for one second of ${s}, and is quick before and after`,
    server: { tools: { get_health_score: { delayMs } }, stall: { fromMs: 10_000, forMs: stallMs } },
    users: 4,
    pace: '25 ms',
    weights: oneTool,
    phases: phase(s),
    objectives: [
      { id: 'from-intended', measure: 'tool.latency.p99', during: 'steady', max: '100 ms' },
      { id: 'from-start', measure: 'tool.service_time.p95', during: 'steady', max: '100 ms' },
      // Its interval may reach to the stall: of one event nobody can tell that the next is as rare.
      { id: 'from-start-p99', measure: 'tool.service_time.p99', during: 'steady', max: '100 ms', judged: false },
      { id: 'errors', measure: 'tool.error_ratio.http_error', during: 'steady', max: 0 },
    ],
    expected: {
      ...stallVerdict(s),
      known: {
        'from-intended': {
          kind: 'value',
          value: stallMs - 10 * s + delayMs,
          within: 80,
          why: `1 s less a hundredth of ${s} s, and ${delayMs} ms of work`,
        },
        'from-start-p99': { kind: 'value', value: delayMs, within: 40, why: 'the stall is in one call a user' },
      },
      told: { 'from-intended': /waited for an earlier call of their own user.* service time/ },
    },
  }
}

/** Of one stall a minute it cannot be told that a hundredth of all calls, and no fewer, would meet the next ones. */
function stallVerdict(s: number): Pick<Truth['expected'], 'verdict' | 'exitCode' | 'findings'> {
  if (s <= 20) return { verdict: 'fail', exitCode: 1, findings: { 'from-intended': beyond } }
  return { verdict: 'unknown', exitCode: 2, findings: { 'from-intended': ['unknown', 'interval_crosses_bound'] } }
}

/** By Little's law 60 calls/s that hold a connection for 100 ms need 6 of them: 4 serve 40 calls/s, and a queue grows. */
const poolTooSmall: Truth = {
  id: 'pool-too-small',
  says: 'a pool of 4 connections, and load that needs 6: the system is slow, the generator is not',
  server: { tools: { get_health_score: { delayMs: 100, pool: 'main' } }, pools: { main: 4 } },
  users: 60,
  pace: '1 s',
  weights: oneTool,
  phases: phase(12),
  objectives: [
    { id: 'exhausted', measure: 'pool.exhausted', during: 'steady', is: false },
    { id: 'peak', measure: 'pool.used.peak_ratio', during: 'steady', max: 0.85 },
    { id: 'saturated', measure: 'pool.saturated_time.longest', during: 'steady', max: '2 s' },
    { id: 'waits', measure: 'pool.acquire_wait.p95', during: 'run', max: '250 ms' },
    { id: 'latency', measure: 'tool.latency.p95', during: 'steady', max: '500 ms' },
    { id: 'leaked', measure: 'pool.leaked', during: 'run', max: 0 },
    { id: 'rate', measure: 'load.calls_per_s', during: 'steady', max: '50/s' },
  ],
  expected: {
    verdict: 'fail',
    exitCode: 1,
    findings: { exhausted: beyond, peak: beyond, saturated: beyond, waits: beyond, latency: beyond },
    known: {
      peak: { kind: 'value', value: 1, within: 0, why: 'all 4 of 4' },
      waits: { kind: 'waits-p95' },
      // 4 connections / 100 ms, and the calls of all 60 users that wait at the end, over 12 s: 44.7 on an idle machine.
      rate: { kind: 'rate', tool: 'get_health_score', phase: 'steady' },
    },
    told: { latency: /Points at the pool: its 4 connections were used up .* need 6 at once/ },
  },
}

const poolLeaks: Truth = {
  id: 'pool-leaks',
  says: 'three connections are never given back; there are enough without them',
  server: { tools: { get_health_score: { delayMs: 20, pool: 'main', leaks: 3 } }, pools: { main: 30 } },
  users: 20,
  pace: '1 s',
  weights: oneTool,
  phases: phase(10),
  objectives: [
    { id: 'leaked', measure: 'pool.leaked', during: 'run', max: 0 },
    { id: 'exhausted', measure: 'pool.exhausted', during: 'steady', is: false },
    { id: 'peak', measure: 'pool.used.peak_ratio', during: 'steady', max: 0.85 },
    { id: 'latency', measure: 'tool.latency.p95', during: 'steady', max: '500 ms' },
  ],
  expected: {
    verdict: 'fail',
    exitCode: 1,
    findings: { leaked: beyond },
    known: { leaked: { kind: 'value', value: 3, within: 0, why: 'three were leaked' } },
  },
}

const silent: Truth = {
  id: 'silent',
  says: 'after five seconds the server takes calls, and answers none',
  server: { tools: { get_health_score: { delayMs: 10 } }, silentFromMs: 5_000 },
  users: 20,
  pace: '500 ms',
  callTimeout: '2 s',
  weights: oneTool,
  phases: [
    { id: 'before', s: 4 },
    { id: 'after', s: 7 },
  ],
  objectives: [
    { id: 'latency-before', measure: 'tool.latency.p95', during: 'before', max: '1 s' },
    { id: 'latency', measure: 'tool.latency.p95', during: 'after', max: '1 s' },
    { id: 'errors', measure: 'tool.error_ratio', during: 'after', max: 0.05 },
    { id: 'timeouts', measure: 'tool.error_ratio.timeout', during: 'after', max: 0.05 },
  ],
  expected: {
    verdict: 'fail',
    exitCode: 1,
    findings: { latency: beyond, errors: beyond, timeouts: beyond },
    known: { latency: { kind: 'value', value: 2_000, within: 0, why: 'at least the call timeout' } },
  },
}

const frozenGenerator: Truth = {
  id: 'generator-frozen',
  says: 'the system is quick; the generator does not run for three stretches of 0.7 s in ten seconds',
  server: { tools: { get_health_score: { delayMs: 10, pool: 'main' } }, pools: { main: 40 } },
  users: 40,
  pace: '500 ms',
  weights: oneTool,
  phases: phase(10),
  frozenGenerator: [
    { fromMs: 2_000, forMs: 700 },
    { fromMs: 4_500, forMs: 700 },
    { fromMs: 7_000, forMs: 700 },
  ],
  objectives: [
    { id: 'latency', measure: 'tool.latency.p95', during: 'steady', max: '300 ms' },
    { id: 'errors', measure: 'tool.error_ratio', during: 'steady', max: 0.05 },
    { id: 'exhausted', measure: 'pool.exhausted', during: 'steady', is: false },
    { id: 'leaked', measure: 'pool.leaked', during: 'run', max: 0 },
  ],
  expected: {
    verdict: 'unknown',
    exitCode: 2,
    findings: { 'load.delivered': undelivered, latency: undelivered, errors: undelivered, exhausted: undelivered },
    told: { 'load.delivered': /late by the generator's own doing.* this machine delivered/ },
  },
}

/**
 * 60 users want 4.3 calls/s of each slow tool, which need 6.4 connections. What is compared takes 0.4 s or more: the few
 * ms that a busy machine adds between the two clocks are below 2 % of that.
 */
const starved: Truth = {
  id: 'bulkhead',
  says: 'one slow tool takes every connection of the pool that it shares with a quick one; two others have a pool each',
  server: {
    tools: {
      get_onboarding_plan: { delayMs: 1_500, pool: 'shared' },
      get_health_score: { delayMs: 50, pool: 'shared' },
      list_contracts: { delayMs: 1_500, pool: 'slow' },
      get_customer: { delayMs: 400, pool: 'quick' },
    },
    pools: { shared: 4, slow: 4, quick: 40 },
  },
  users: 60,
  pace: '1 s',
  weights: { get_onboarding_plan: 1, get_health_score: 6, list_contracts: 1, get_customer: 6 },
  phases: phase(12),
  objectives: ['get_health_score', 'get_customer'].map((tool) => ({
    id: tool === 'get_customer' ? 'kept-apart' : 'starved',
    measure: 'tool.service_time.p95',
    during: 'steady',
    where: { tool },
    max: '800 ms',
  })),
  expected: {
    verdict: 'fail',
    exitCode: 1,
    findings: { starved: beyond },
    known: { 'kept-apart': { kind: 'p95', tool: 'get_customer', phase: 'steady' } },
  },
}

const healthy: Truth = {
  id: 'healthy',
  says: 'nothing is wrong',
  server: {
    tools: { get_health_score: { delayMs: 400, pool: 'main' } },
    pools: { main: 100 },
  },
  users: 60,
  pace: '1 s',
  // Squall's own probe asks it too, one call after the other: it must hold no connection when the load is over.
  weights: { get_health_score: 1 },
  phases: phase(10),
  objectives: [
    {
      id: 'latency',
      measure: 'tool.latency.p95',
      during: 'steady',
      where: { tool: 'get_health_score' },
      max: '600 ms',
    },
    { id: 'errors', measure: 'tool.error_ratio', during: 'steady', max: 0 },
    { id: 'exhausted', measure: 'pool.exhausted', during: 'steady', is: false },
    { id: 'peak', measure: 'pool.used.peak_ratio', during: 'steady', max: 0.85 },
    { id: 'waits', measure: 'pool.acquire_wait.p95', during: 'run', max: '100 ms' },
    { id: 'leaked', measure: 'pool.leaked', during: 'run', max: 0 },
  ],
  expected: {
    verdict: 'pass',
    exitCode: 0,
    findings: {},
    known: { latency: { kind: 'p95', tool: 'get_health_score', phase: 'steady' } },
  },
}

/**
 * Two tools answer the same whatever they are asked, one of which says that it only reads, and one that it writes; a third
 * gives each its own answer, well over 100 times. None of them asks the database that is behind the server, to which it
 * holds connections all the time.
 */
const mockData: Truth = {
  id: 'mock-data',
  says: 'a server that says the same whatever it is asked, and never asks its database',
  server: {
    tools: {
      get_health_score: { delayMs: 10, readOnly: true },
      list_contracts: { delayMs: 10, readOnly: true, wrong: { says: 'mock', every: 1 } },
      get_customer: { delayMs: 10, readOnly: false, wrong: { says: 'mock', every: 1 } },
    },
    holdsConnections: 3,
  },
  users: 20,
  pace: '500 ms',
  weights: { get_health_score: 2, list_contracts: 1, get_customer: 1 },
  phases: phase(8),
  objectives: [
    {
      id: 'latency',
      measure: 'tool.latency.p95',
      during: 'steady',
      where: { tool: 'get_health_score' },
      max: '300 ms',
    },
    { id: 'lost', measure: 'tool.error_ratio.http_error', during: 'steady', max: 0 },
  ],
  expected: {
    verdict: 'fail',
    exitCode: 1,
    findings: {
      'tool.constant_answers': ['fail', 'constant_answers'],
      'database.idle_under_load': ['fail', 'idle_database'],
    },
    told: {
      'tool.constant_answers': /^list_contracts gave one and the same answer to \d\d+ different questions/,
      'database.idle_under_load':
        /^\d+ calls succeeded, and no session of the system did anything in the database primary/,
    },
  },
}

export const truths: readonly Truth[] = [
  manyTools,
  stallIn(20),
  poolTooSmall,
  poolLeaks,
  silent,
  frozenGenerator,
  starved,
  mockData,
  healthy,
]
