import { describe, expect, it } from 'vitest'
import type { Advice } from '../../domain/plan.ts'
import { fakeCatalogue } from '../fake-catalogue.ts'
import { loadSample, samplePlan } from '../sample-plan.ts'
import { poolExceedsSlots } from './pool-exceeds-slots.ts'
import { lints } from './registry.ts'

/** What begins with `- ` is another objective; anything else is set. */
function adviceOf(changes: readonly string[]): readonly Advice[] {
  const isObjective = (change: string): boolean => change.startsWith('- ')
  const text = [samplePlan, ...changes.filter(isObjective).map((line) => `  ${line}\n`)].join('')
  const { advice, problems } = loadSample(text, { set: changes.filter((change) => !isObjective(change)) })
  expect(problems).toEqual([])
  return advice
}

const env = 'stack.nodes.server.env'
/** A server on which no lint has anything to say. */
const sound = [`${env}.POOL_ACQUIRE_TIMEOUT_MS=20000`]

/** A primary with backups and a replica; first `slow` harms it, then what `gone` does to it is undone from the backups. */
const takenOver = [
  'stack.nodes.replica={role: postgres, follows: primary}',
  'stack.nodes.primary.backups={}',
  'faults.slow.on=primary',
  'faults.gone.fault=returned',
  'faults.gone.on=primary',
]

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
  [
    'latency-bound-is-query-limit',
    [`${env}.QUERY_TIMEOUT_MS=2000`, '- {id: others, measure: tool.error_ratio, during: slow, max: 0.05}'],
    /cannot tell a slow system from a stopped one \(p95\)/,
    [`${env}.QUERY_TIMEOUT_MS=2000`, '- {id: errors, measure: tool.error_ratio, during: steady.clear, max: 0.05}'],
  ],
  ['bound-beyond-call-timeout', ['objectives.p95.max=35 s'], /longer than 35 s/, ['objectives.p95.max=34.9 s']],
  [
    'recovery-cut-short',
    ['faults.gone.start.at=45 s'],
    /gone starts 15 s after slow ends, within its recovery of 20 s/,
    ['faults.gone.start.at=50 s'],
  ],
  [
    'recovery-cut-short',
    ['faults.gone.fault=narrow', 'faults.gone.start.at=20 s'],
    /gone starts before slow ends/,
    ['faults.gone.fault=narrow', 'faults.gone.start.at=20 s', 'drill={name: failover}'],
  ],
  [
    'recovery-cut-short',
    // At one moment: said once. Where nothing rests on either, not at all.
    ['faults.gone.fault=narrow', 'faults.gone.start.at=10 s'],
    /gone starts before slow ends/,
    [
      'faults.gone.fault=narrow',
      'faults.gone.start.at=10 s',
      'objectives.pool.judged=false',
      'objectives.back.judged=false',
    ],
  ],
  ['recovery-cut-short', ['faults.gone.start.at=30 s'], /gone starts 0 ms after slow ends/, []],
  [
    'call-timeout-below-tool',
    ['load.call_timeout=30 s'],
    /users give up after 30 s, before the tool's own limit of 30 s/,
    ['load.call_timeout=30.1 s'],
  ],
  [
    'connections-bound-near-slots',
    [
      'stack.nodes.primary.max_connections=102',
      '- {id: all, measure: database.connections.peak, during: run, max: 95}',
    ],
    /95 connections leaves 4 of 99 slots .*102 less 3 reserved/,
    [
      'stack.nodes.primary.max_connections=102',
      '- {id: all, measure: database.connections.peak, during: run, max: 94}',
    ],
  ],
  [
    'connections-bound-near-slots',
    [
      'stack.nodes.primary.max_connections=102',
      '- {id: all, measure: database.connections.peak, during: run, max: 99}',
    ],
    /99 connections cannot be missed: with 99 slots/,
    // A pool that cannot reach the bound is no matter of slots.
    [
      'stack.nodes.primary.max_connections=102',
      `${env}.POOL_SIZE=49`,
      '- {id: all, measure: database.connections.peak, during: run, max: 99}',
    ],
  ],
  [
    'bound-hides-fault',
    // 100 users: 20 s of the phase's 100 s.
    ['- {id: errors, measure: tool.error_ratio, during: steady, max: 0.2}'],
    /every call during slow could fail, which is 20 % of the calls in steady, .* errors would still be met \(it lets 20 % fail\)/,
    ['- {id: errors, measure: tool.error_ratio, during: steady, max: 0.19}'],
  ],
  [
    'bound-hides-fault',
    // Beside 100 s of 100 users, 20 s of 50 on average: 3 s are 2.7 %.
    ['faults.gone.for=3 s', '- {id: whole, measure: tool.latency.p95, during: run, max: 2 s}'],
    /every call during gone could fail, which is 2\.7 % of the calls in run/,
    ['faults.gone.for=3 s', '- {id: whole, measure: tool.latency.p95, during: steady.clear, max: 2 s}'],
  ],
  [
    'rto-below-wait',
    [
      'stack.nodes.replica={role: postgres, follows: primary}',
      'faults.gone.fault=failing-over',
      'faults.gone.on=primary',
      'faults.gone.with={decide: 2 s}',
      'observe.ledger={via: sql, rate: 100/s}',
      '- {id: rto, measure: recovery.rto_sustained, during: gone, max: 2 s}',
    ],
    /promoted 2 s after the harm at the earliest: a bound of 2 s cannot be met/,
    [
      'stack.nodes.replica={role: postgres, follows: primary}',
      'faults.gone.fault=failing-over',
      'faults.gone.on=primary',
      'faults.gone.with={decide: 2 s}',
      'observe.ledger={via: sql, rate: 100/s}',
      '- {id: rto, measure: recovery.rto_sustained, during: gone, max: 3 s}',
    ],
  ],
  [
    'rpo-beyond-run',
    ['observe.ledger={via: sql, rate: 100/s}', '- {id: rpo, measure: data.rpo, during: run, max: 24 h}'],
    /a run of 2 min cannot lose 24 h of writes/,
    ['observe.ledger={via: sql, rate: 100/s}', '- {id: rpo, measure: data.rpo, during: run, max: 119 s}'],
  ],
  [
    'ledger-too-slow',
    ['observe.ledger={via: sql, rate: 24/s}', '- {id: rpo, measure: data.rpo, during: run, max: 1 s}'],
    /at 24 writes a second fewer than 20 may be acknowledged .* From 25\/s on/,
    ['observe.ledger={via: sql, rate: 25/s}', '- {id: rpo, measure: data.rpo, during: run, max: 1 s}'],
  ],
  [
    'ledger-too-slow',
    ['observe.ledger={via: sql, rate: 10/s}', '- {id: rpo, measure: data.rpo, during: run, max: 1 s}'],
    /at 10 writes a second/,
    ['observe.ledger={via: sql, rate: 10/s}', '- {id: rpo, measure: data.rpo, during: run, max: 1 s, judged: false}'],
  ],
  [
    'rpo-below-schedule',
    [
      'stack.nodes.primary.backups={archive_timeout: 5 min}',
      '- {id: worst, measure: data.rpo_worst_case, during: run, max: 299 s}',
    ],
    /the log is archived every 5 min: .* a bound of 299 s \(worst\) cannot be met/,
    [
      'stack.nodes.primary.backups={archive_timeout: 5 min}',
      '- {id: worst, measure: data.rpo_worst_case, during: run, max: 300 s}',
    ],
  ],
  [
    'rpo-below-schedule',
    [
      'stack.nodes.primary.backups={archive: false, base_every: 7 h, dump_every: 25 h}',
      '- {id: worst, measure: data.rpo_worst_case, during: run, max: 6 h}',
    ],
    /without an archive, a base backup is taken every 7 h/,
    [
      'stack.nodes.primary.backups={archive: false, base_every: 7 h, dump_every: 25 h}',
      '- {id: worst, measure: data.rpo_worst_case, during: run, max: 24 h}',
    ],
  ],
  [
    'restore-counts-tables',
    ['- {id: tables, measure: restore.tables, during: run, max: 0}'],
    /a restore without a single row would pass/,
    [
      '- {id: tables, measure: restore.tables, during: run, max: 0}',
      '- {id: rows, measure: restore.rows_match, during: run, is: true}',
    ],
  ],
  [
    'restore-at-drill-size',
    ['- {id: quick, measure: restore.duration, during: run, max: 15 min}'],
    /the size of this run's data \(quick\)/,
    ['- {id: quick, measure: restore.duration, during: run, max: 15 min, judged: false}'],
  ],
  [
    'restore-at-drill-size',
    [
      'stack.nodes.primary.backups={}',
      '- {id: quick, measure: restore.duration, during: run, max: 15 min}',
      '- {id: large, measure: restore.duration_at_size, during: run, max: 15 min}',
    ],
    /in production is not said/,
    [
      'stack.nodes.primary.backups={production_size: 1 GiB}',
      '- {id: quick, measure: restore.duration, during: run, max: 15 min}',
      '- {id: large, measure: restore.duration_at_size, during: run, max: 15 min}',
    ],
  ],
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
    'backups-of-old-primary',
    [...takenOver, 'faults.slow.fault=failing-over', 'faults.slow.with={decide: 2 s}'],
    /gone needs primary to take writes, and after slow another database may/,
    [
      ...takenOver,
      'faults.slow.fault=failing-over',
      'faults.slow.with={decide: 2 s}',
      'faults.slow.start.at=76 s',
      'faults.slow.for=4 s',
    ],
  ],
  [
    'backups-of-old-primary',
    [...takenOver, 'faults.slow.fault=crash', 'faults.slow.with={}', 'stack.supervisor={promote: {after: 1 s}}'],
    /gone needs primary to take writes, and after slow another database may/,
    [...takenOver, 'faults.slow.fault=crash', 'faults.slow.with={}'],
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
    'own-supervisor',
    ['stack.supervisor={restart: {after: 1 s}}', 'drill={name: failover}'],
    /Squall's own supervisor restarts after 1 s without an answer/,
    ['stack.supervisor={restart: {after: 1 s}}', 'drill={name: failover, mode: manual}'],
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
