import { counted, evidenceOf, finding, latencyIn, notMeasured, yesNo } from './measured.ts'
import { header, injection, type Sample, tools, windowsOf } from './stage.ts'
import { durationS, during, hole, maxP95, rampUp, slow, told } from './story.ts'

/** A pool of 30 under added latency: requests queue, waits run out, and nothing recovers in time. */
export function exhaustedPool(): Sample {
  const queue = (t: number) => Math.min(30_000, 900 * Math.max(0.2, t - slow.startS))
  const draining = (t: number) => t >= slow.endS && t < slow.endS + 16
  return told({
    id: '20261121-101804-launch-gate',
    target: 'http://127.0.0.1:20949/mcp',
    summary:
      'Do not launch: under 34 ms of added database latency the pool of 30 was exhausted and calls waited up to 30 s for a connection. Enlarge the pool or shorten the time a call holds a connection.',
    faults: [{ ...slow, settledS: 81 }],
    poolMax: 30,
    databaseMax: 100,
    shape: {
      seed: 11,
      durationS,
      tools,
      rate: rampUp(250),
      behaviour: (t) => {
        if (during(t, slow))
          return {
            medianMs: 190 + queue(t),
            spread: 0.25,
            failRatio: t > 58 ? 0.35 : 0.02,
            failure: 'application_error',
          }
        if (draining(t))
          return { medianMs: 14_000 / (t - slow.endS + 1), spread: 0.5, failRatio: 0.08, failure: 'timeout' }
        return { medianMs: 22, spread: 0.55, failRatio: 0.0004, failure: 'application_error' }
      },
    },
    wanted: (t) => (during(t, slow) ? 45 + (t - slow.startS) * 24 : draining(t) ? 300 - (t - slow.endS) * 18 : 8),
    more: () => [
      finding(
        'pool-slow',
        'pool.exhausted',
        'slow-db',
        yesNo(true),
        { is: false, unit: 'bool' },
        'The pool was full for 19.2 s in one stretch while callers waited; 1,204 waits ran out after 30 s.',
        {
          evidence: evidenceOf('pool.ndjson'),
        },
      ),
      finding(
        'back',
        'recovery.after_heal',
        'slow-db.recovery',
        counted(15.7, 's', 1),
        { max: 10, unit: 's' },
        'From the end of the fault until 5 s within the launch bounds.',
      ),
      finding(
        'connections',
        'database.connections.peak',
        'run',
        counted(30),
        { max: 95, unit: 'count' },
        'Connections of the system as the database counts them.',
        {
          evidence: evidenceOf('database.ndjson'),
        },
      ),
      finding(
        'leak',
        'pool.leaked',
        'run',
        counted(0),
        { max: 0, unit: 'count' },
        'Two seconds after the last call no connection was in use.',
        { evidence: evidenceOf('pool.ndjson') },
      ),
      finding(
        'lateness',
        'load.generator_lateness.p99',
        'run',
        {
          kind: 'value',
          value: 3.1,
          unit: 'ms',
          sampleCount: 28_000,
          method: 'order statistics',
          interval: { low: 2.9, high: 3.4 },
        },
        { max: 50, unit: 'ms' },
        'The generator sent its calls when they were due.',
        { judged: false },
      ),
    ],
    advice: [
      {
        id: 'timeouts-nest',
        severity: 'warning',
        path: 'stack.preset',
        why: 'No tool limit: a caller waits 30 s for a connection before it is told anything.',
      },
      {
        id: 'pool-small',
        severity: 'info',
        path: 'stack.preset',
        why: '250 calls/s that hold a connection for 190 ms need about 48 connections; the pool has 30.',
      },
    ],
    errors: {
      rows: [
        {
          outcome: 'application_error',
          text: 'QueuePool limit of size 10 overflow 20 reached, connection timed out, timeout 30.00',
          calls: 689,
        },
        { outcome: 'timeout', text: 'no answer within 35 s', calls: 318 },
      ],
      omitted: 0,
    },
  })
}

/** The same load on a pool of 100: slower under the faults, within every bound. */
export function passing(): Sample {
  return told({
    id: '20261121-113015-launch-gate',
    newestDrill: {
      id: '20261109-090000-failover',
      drill: 'failover',
      verdict: 'pass',
      startedAt: '2026-11-09T09:00:00.000Z',
      ageDays: 12,
    },
    target: 'local stack, preset remediated: server, primary',
    summary:
      'Every judged objective was met: 1,000 users were served within the launch bounds, under added database latency too.',
    faults: [slow, hole],
    poolMax: 100,
    databaseMax: 130,
    shape: {
      seed: 5,
      durationS,
      tools,
      rate: rampUp(250),
      behaviour: (t) => {
        if (during(t, slow)) return { medianMs: 205, spread: 0.2, failRatio: 0.0005, failure: 'application_error' }
        if (during(t, hole)) return { medianMs: 5_200, spread: 0.05, failRatio: 0.9, failure: 'application_error' }
        return { medianMs: 19, spread: 0.5, failRatio: 0.0003, failure: 'application_error' }
      },
    },
    wanted: (t) => (during(t, slow) ? 48 : during(t, hole) ? 96 : 7),
    more: () => [
      finding(
        'pool-slow',
        'pool.exhausted',
        'slow-db',
        yesNo(false),
        { is: false, unit: 'bool' },
        'The pool never had more than 62 of 100 connections in use, and nobody waited.',
        {
          evidence: evidenceOf('pool.ndjson'),
        },
      ),
      finding(
        'back',
        'recovery.after_heal',
        'hole.recovery',
        counted(5.7, 's', 1),
        { max: 30, unit: 's' },
        'From the end of the fault until 5 s within the launch bounds.',
      ),
      finding(
        'connections',
        'database.connections.peak',
        'run',
        counted(98),
        { max: 120, unit: 'count' },
        'Connections of the system as the database counts them.',
      ),
    ],
    advice: [],
    errors: {
      rows: [{ outcome: 'application_error', text: 'query cancelled: statement timeout of 5 s', calls: 2_245 }],
      omitted: 0,
    },
  })
}

/** A near miss, a silent sampler and a window that never came to be: nothing failed and nothing is proven. */
export function inconclusive(): Sample {
  return told({
    id: '20261121-120512-launch-gate',
    newestDrill: null,
    target: 'local stack, preset interim: server, primary',
    summary:
      'This run cannot tell: p95 under the fault lies too close to its bound, and the pool was not seen for 9 s.',
    faults: [slow],
    poolMax: 30,
    databaseMax: 100,
    shape: {
      seed: 23,
      durationS,
      tools: [...tools],
      rate: rampUp(40),
      behaviour: (t) => ({ medianMs: during(t, slow) ? 2_900 : 60, spread: 0.3, failRatio: 0, failure: 'timeout' }),
    },
    wanted: (t) => (during(t, slow) ? 26 : 4),
    more: (calls) => [
      finding(
        'pool-slow',
        'pool.exhausted',
        'slow-db',
        notMeasured('sampler_silent', 'no pool sample between 47.1 s and 56.0 s of the run', 'bool'),
        { is: false, unit: 'bool' },
        'The pool was not seen for 8.9 s, so nobody knows whether it was exhausted.',
      ),
      finding(
        'p99-slow',
        'tool.latency.p99',
        'slow-db',
        latencyIn(calls.slice(0, 120), 0.99),
        { max: 8_000, unit: 'ms' },
        'Too few calls for a p99.',
      ),
      finding(
        'settled',
        'recovery.after_heal',
        'slow-db.recovery',
        { kind: 'atLeast', value: 12, unit: 's', sampleCount: 1, method: 'seconds from heal verified', interval: null },
        { max: 30, unit: 's' },
        'It had not settled when the run ended.',
      ),
    ],
    advice: [],
    errors: { rows: [], omitted: 0 },
  })
}

/** Cut in its third second: a report that has nothing to say must say so. */
export function interrupted(): Sample {
  return {
    report: {
      schemaVersion: 1,
      run: header({ id: '20261121-130000-launch-gate', durationS: 2.8, ended: 'interrupted', users: 1000 }),
      verdict: 'unknown',
      exitCode: 130,
      summary: 'The run was interrupted after 2.8 s; nothing was judged.',
      load: { callsIntended: 0, callsSent: 0, callsPerS: null, usersPeak: null, latePermille: null },
      windows: windowsOf(durationS, []).map((window) => ({ ...window, spans: [] })),
      injections: [
        {
          ...injection(slow),
          requestedUs: null,
          appliedUs: null,
          observedUs: null,
          healedUs: null,
          healVerifiedUs: null,
          settledUs: null,
          resolutionUs: null,
        },
      ],
      findings: [
        finding(
          'p95',
          'tool.latency.p95',
          'steady.clear',
          notMeasured('window_missing', 'the phase never began', 'ms'),
          maxP95,
          'The run ended before this window began.',
          { evidence: [] },
        ),
      ],
      notAssessed: [],
      advice: [],
      measurements: [],
      tools: [],
      errors: { rows: [], omitted: 0 },
    },
    series: {
      startUs: 0,
      endUs: 2_800_000,
      calls: null,
      pool: null,
      databaseConnections: null,
      databaseMax: null,
      processes: [],
    },
  }
}

export const samples: Readonly<Record<string, () => Sample>> = {
  'exhausted-pool': exhaustedPool,
  passing,
  inconclusive,
  interrupted,
}
