import { describe, expect, it } from 'vitest'
import type { Advice } from '../../domain/plan.ts'
import { fakeCatalogue } from '../fake-catalogue.ts'
import { loadSample, samplePlan } from '../sample-plan.ts'
import { poolExceedsSlots } from './pool-exceeds-slots.ts'
import { lints } from './registry.ts'

function adviceOf(set: readonly string[]): readonly Advice[] {
  const { advice, problems } = loadSample(samplePlan, { set })
  expect(problems).toEqual([])
  return advice
}

const env = 'stack.nodes.server.env'
/** A server on which no lint has anything to say. */
const sound = [`${env}.POOL_ACQUIRE_TIMEOUT_MS=20000`]

// Each row: the lint, what makes the plan suspicious, what its word must say, and a near miss that must stay silent.
const cases: readonly (readonly [string, readonly string[], RegExp, readonly string[]])[] = [
  [
    'pool-exceeds-slots',
    ['stack.nodes.primary.max_connections=102'],
    /50 \+ 50 = 100 connections, the database has 99 .*102 less 3.*last 1 .*53300/,
    ['stack.nodes.primary.max_connections=103'],
  ],
  ['no-connect-limit', [`${env}.DB_CONNECT_TIMEOUT_MS=0`], /wedged/, [`${env}.DB_CONNECT_TIMEOUT_MS=1`]],
  ['no-query-limit', [`${env}.QUERY_TIMEOUT_MS=0`], /no time limit: one/, [`${env}.QUERY_TIMEOUT_MS=1`]],
  [
    'no-query-limit',
    [`${env}.QUERY_TIMEOUT_MS=0`, `${env}.TOOL_TIMEOUT_MS=0`],
    /no time limit, and neither has the tool/,
    [`${env}.TOOL_TIMEOUT_MS=0`],
  ],
  [
    'timeouts-nest',
    [`${env}.QUERY_TIMEOUT_MS=10000`],
    /query limit of 10 s .*outside call limit of 10 s/,
    [`${env}.QUERY_TIMEOUT_MS=9999`],
  ],
  [
    'timeouts-nest',
    [`${env}.INTEGRATION_TIMEOUT_MS=0`, `${env}.QUERY_TIMEOUT_MS=40000`],
    /query limit of 40 s .*tool limit of 30 s/,
    [`${env}.INTEGRATION_TIMEOUT_MS=0`],
  ],
  [
    'acquire-outlives-tool',
    [`${env}.POOL_ACQUIRE_TIMEOUT_MS=60000`],
    /1 min for a connection.*after 30 s/,
    [`${env}.POOL_ACQUIRE_TIMEOUT_MS=30000`],
  ],
  [
    'rate-limit',
    [`${env}.RATE_LIMIT_PER_MINUTE=150`],
    /100 users with a call every 10 s each make 600 calls a minute, the limit is 150 in all: about 75 %/,
    [`${env}.RATE_LIMIT_PER_MINUTE=600`],
  ],
  [
    'rate-limit',
    [`${env}.RATE_LIMIT_PER_MINUTE=150`, 'stack.nodes.server.instances=2'],
    /make 600 calls a minute, the limit is 150 in all at each of 2 instances: about 50 %/,
    [`${env}.RATE_LIMIT_PER_MINUTE=300`, 'stack.nodes.server.instances=2'],
  ],
  [
    'own-balancer',
    ['stack.nodes.server.instances=2'],
    /Squall's own balancer .* is not measured/,
    ['stack.nodes.server.instances=1'],
  ],
  [
    'rate-limit',
    [`${env}.RATE_LIMIT_CLIENT_PER_MINUTE=3`],
    /make 6 calls a minute, the limit is 3 a client: about 50 %/,
    [`${env}.RATE_LIMIT_CLIENT_PER_MINUTE=6`],
  ],
  [
    'latency-bound-near-pace',
    ['objectives.p95.max=5 s', `${env}.QUERY_TIMEOUT_MS=4000`],
    /5 s is near the pace of 10 s \(p95\)/,
    ['objectives.p95.max=4.9 s'],
  ],
  [
    'latency-bound-is-query-limit',
    [`${env}.QUERY_TIMEOUT_MS=2000`],
    /p95 > 2 s with a query limit of the same length cannot tell/,
    [`${env}.QUERY_TIMEOUT_MS=2001`],
  ],
  ['bound-beyond-call-timeout', ['objectives.p95.max=35 s'], /longer than 35 s/, ['objectives.p95.max=34.9 s']],
  [
    'recovery-cut-short',
    ['faults.gone.start.at=45 s'],
    /gone starts 15 s after slow ends, within its recovery of 20 s/,
    ['faults.gone.start.at=50 s'],
  ],
  ['recovery-cut-short', ['faults.gone.fault=narrow', 'faults.gone.start.at=20 s'], /gone starts before slow ends/, []],
  [
    'recovery-bound-beyond-window',
    ['objectives.back.max=21 s'],
    /watched for 20 s, less than its bound of 21 s/,
    ['objectives.back.max=20 s'],
  ],
  [
    'archive-waits',
    ['stack.nodes.primary.backups={archive_timeout: 0 s}'],
    /only when it is full.*no bound/,
    ['stack.nodes.primary.backups={archive_timeout: 1 s}'],
  ],
  [
    'own-supervisor',
    [
      'stack.nodes.replica={role: postgres, follows: primary}',
      'faults.gone.fault=failing-over',
      'faults.gone.on=primary',
      'faults.gone.with={decide: 2 s}',
    ],
    /gone: Squall's own supervisor promotes 2 s after the harm/,
    ['faults.gone.fault=narrow'],
  ],
  [
    'own-supervisor',
    ['stack.supervisor={restart: {after: 1 s}}'],
    /Squall's own supervisor restarts after 1 s without an answer/,
    ['stack.supervisor=null'],
  ],
  [
    'few-calls-per-tool',
    // 100 users, a call each 10 s: 40 s without faults and recoveries make 400 calls, a tenth of them list_contracts'.
    ['objectives.p95.where={tool: "*"}'],
    /list_contracts gets about 40 calls in steady\.clear, .* needs 59/,
    ['objectives.p95.where={tool: get_customer}'],
  ],
  [
    'few-calls-per-tool',
    ['objectives.p95.where={tool: "*"}', 'load.with.tools.list_contracts.weight=0.1'],
    /list_contracts gets about 4 calls/,
    ['objectives.p95.where={tool: "*"}', 'objectives.p95.judged=false'],
  ],
]

describe('lints', () => {
  it('say nothing about a sound plan', () => {
    expect(adviceOf(sound)).toEqual([])
  })

  it.each(cases)('%s: %j', (id, suspicious, why, silent) => {
    const said = adviceOf([...sound, ...suspicious]).filter((advice) => advice.id === id)
    expect(said).toHaveLength(1)
    expect(said[0]?.why).toMatch(why)
    expect(adviceOf([...sound, ...silent]).filter((advice) => advice.id === id)).toEqual([])
  })

  it('count the pools of all instances of a server', () => {
    const { plan } = loadSample(samplePlan)
    const server = plan?.stack.nodes.server
    if (plan === null || server === undefined) throw new Error('the sample has a server')
    const nodes = { ...plan.stack.nodes, server: { ...server, instances: 3 } }
    const [said] = poolExceedsSlots.look({ ...plan, stack: { ...plan.stack, nodes } }, fakeCatalogue)
    expect(said?.why).toMatch(/3 x \(50 \+ 50\) = 300 connections, the database has 127 /)
  })

  it('each have a case here, and an id of their own', () => {
    const ids = lints.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(new Set(cases.map(([id]) => id))).toEqual(new Set(ids))
  })
})
