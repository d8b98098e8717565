import { type Outcome, outcomes } from '../../src/domain/outcome.ts'
import type { ReasonCode, Verdict, WindowKind } from '../../src/domain/verdict.ts'

/** What a run is called by its verdict. */
export const runWords: Readonly<Record<Verdict, string>> = {
  pass: 'Passed',
  fail: 'Failed',
  unknown: 'Inconclusive',
}

/** What a finding is called by its verdict. */
export const findingWords: Readonly<Record<Verdict, string>> = {
  pass: 'met',
  fail: 'missed',
  unknown: 'unknown',
}

export const reasonWords: Readonly<Record<ReasonCode, string>> = {
  within_bound: 'within its bound',
  beyond_bound: 'beyond its bound',
  interval_crosses_bound: 'too close to its bound to tell',
  not_over_by_horizon: 'not over when the observation ended',
  no_samples: 'nothing was measured',
  too_few_samples: 'too few samples',
  load_not_delivered: 'the load was not delivered as planned',
  generator_error: 'the load script itself failed',
  sampler_silent: 'the observer was silent for too long',
  stream_cut: 'the recording was cut',
  clock_stepped: 'the clock was changed during the run',
  fault_not_observed: 'the fault was never seen to act',
  not_possible_here: 'this machine does not let the fault act',
  fault_not_healed: 'the fault was never seen to end',
  window_missing: 'this part of the run never happened',
  interrupted: 'the run was interrupted',
  unplanned_exit: 'a process ended that should not have',
  constant_answers: 'the same answer, whatever was asked',
  idle_database: 'no work in the database',
  not_measurable: 'cannot be measured on this system',
}

export const windowKindWords: Readonly<Record<WindowKind, string>> = {
  run: 'the whole run',
  phase: 'a phase of the load',
  clear: 'a phase without its faults and recoveries',
  injection: 'while a fault acted',
  recovery: 'after a fault had ended',
}

/** What each class means, in the words of a reader who does not know the protocol. */
export const outcomeWords: Readonly<Record<Outcome, string>> = {
  ok: 'a right answer',
  expected: 'an expected refusal',
  degraded: 'a degraded answer',
  rate_limited: 'a rate limit',
  application_error: 'an answer that says failed',
  tool_error: 'a tool error',
  rpc_error: 'a protocol error',
  http_error: 'an HTTP error',
  transport: 'no connection',
  timeout: 'no answer in time',
  wrong_answer: 'a wrong answer',
  unknown: 'no end before the run ended',
  unsent: 'no chance to be sent',
  generator_error: 'a failure of the load script',
}

/** Plain names of the measures; one that is not here is shown by its id. */
const measureNames: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'tool.latency.p50': 'median latency',
    'tool.latency.p95': 'p95 latency',
    'tool.latency.p99': 'p99 latency',
    'tool.latency.max': 'longest latency',
    'tool.service_time.p50': 'median service time',
    'tool.service_time.p95': 'p95 service time',
    'tool.service_time.p99': 'p99 service time',
    'tool.service_time.max': 'longest service time',
    'tool.good_ratio': 'share of calls that were good',
    'tool.error_ratio': 'share of calls that failed',
    'load.users.peak': 'concurrent users',
    'load.calls_per_s': 'calls a second',
    'load.generator_lateness.p99': 'p99 lateness of the load generator',
    'load.delivered': 'share of the calls that the generator itself began late',
    'load.generator_errors': 'failures of the load script',
    'load.unsent': 'calls that could not be sent in time',
    'pool.used.peak_ratio': 'highest share of the pool in use',
    'pool.used.second_peaks': 'share of the pool in use (mean of 1 s peaks)',
    'pool.time_above': 'time with the pool nearly full',
    'pool.acquire_wait.p95': 'p95 wait for a connection',
    'pool.acquire_wait.mean': 'mean wait for a connection',
    'pool.acquire_wait.max': 'longest wait for a connection',
    'pool.acquire_timeouts': 'waits for a connection that ran out',
    'pool.saturated_time.longest': 'longest time with a full pool and callers waiting',
    'pool.exhausted': 'connection pool exhausted',
    'pool.leaked': 'connections not given back',
    'pool.drain_time': 'time until the pool was empty again',
    'database.connections.peak': 'most database connections',
    'database.connections.mean': 'database connections (mean)',
    'database.query.p95': 'p95 query time',
    'database.deadlocks': 'deadlocks',
    'database.replay_lag.max': 'largest replay lag',
    'database.cache_hit_ratio': 'share of blocks found in cache',
    'database.refused_connections': 'connections refused by the database',
    'ready.lies': 'answers "ready" without a database',
    'recovery.after_heal': 'time to recover after the fault ended',
    'recovery.detect': 'time to notice',
    'recovery.decide': 'time to decide',
    'recovery.promote': 'time to promote',
    'recovery.route': 'time to switch the route',
    'recovery.rto_first': 'time to the first success',
    'recovery.rto_sustained': 'time to sustained recovery',
    'data.lost_writes': 'acknowledged writes that were lost',
    'data.rpo': 'data loss',
    'data.rpo_worst_case': 'worst possible data loss',
    'data.lost_updates': 'updates overwritten by others',
    'drill.newest': 'disaster recovery tested',
    'system.unplanned_exit': 'processes that ended by themselves',
    'data.stale_reads': 'reads of old data',
    'data.recovered_writes': 'writes of unknown outcome that are there',
    'data.resurrected_writes': 'refused writes that are there',
    'data.duplicates': 'writes that are there twice',
    'data.phantom_writes': 'writes that nobody sent',
    'data.integrity': 'broken sequences, constraints and indexes',
    'data.tables_changed': 'changed tables that nobody writes',
    'load.instances_reached': 'instances that answered their share',
    'load.instances_up.least': 'fewest instances up at one time',
    'bridge.added_latency.p95': 'p95 time spent in the bridge',
    'bridge.added_latency.max': 'longest time spent in the bridge',
    'bridge.cpu': 'processor cores used by the bridge',
    'bridge.deaths': 'processes behind the bridge that ended by themselves',
    'database.statement_time.mean': 'mean time of a statement in the database',
    'recovery.at_database': 'time to sustained recovery of the database alone',
    'recovery.restart': 'time to restart',
    'recovery.act': 'time of the platform to act',
    'recovery.first_success': 'time from that to the first success',
    'recovery.sustain': 'time from the first success to one that lasts',
    'recovery.harness_share': 'share of the recovery that is Squall’s own',
    'restore.duration': 'time to restore',
    'restore.duration_at_size': 'time to restore at the size of production',
    'restore.tables': 'tables that were not restored',
    'restore.rows_match': 'every row restored as it was',
    'restore.newest_row_age': 'age of the newest restored row',
    'tool.constant_answers': 'tools that answer the same whatever they are asked',
    'database.idle_under_load': 'the load caused no work in the database',
    'hook.verify': 'the verification of the plan’s own hook',
  }),
)

export function measureName(measure: string): string {
  const known = measureNames.get(measure)
  if (known !== undefined) return known
  const outcome = outcomes.find((one) => measure === `tool.error_ratio.${one}`)
  if (outcome !== undefined) return `share of calls with ${outcomeWords[outcome]}`
  return measure.startsWith('faults.observed.') ? 'the fault was seen to act and to end' : measure
}
