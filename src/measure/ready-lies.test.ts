import { expect, test } from 'vitest'
import type { Measured } from '../domain/verdict.ts'
import { measure } from './measure-spec.ts'
import { readyLies } from './ready-lies.ts'
import { RunView } from './run-view.ts'
import { calmRun, timelineOf } from './testing/calm-run.ts'
import { type GeneratedProbeRow, readGenerated } from './testing/generated-run.ts'
import { faultOf, planOf } from './testing/plan-of.ts'

const calm = planOf({ faults: [faultOf()] })
const server = calm.stack.nodes.server
const plan = server
  ? { ...calm, stack: { ...calm.stack, nodes: { ...calm.stack.nodes, server: { ...server, readyPath: '/ready' } } } }
  : calm

/** Every 250 ms: a fresh connection of ours on the link, and 50 ms later the answer of /ready. */
function probes(isReachable: (ms: number) => boolean, isReady: (ms: number) => boolean): GeneratedProbeRow[] {
  const rows: GeneratedProbeRow[] = []
  for (let ms = 0; ms < 60_000; ms += 250) {
    const at = { askedUs: ms * 1_000, endedUs: ms * 1_000 + 2_000 }
    rows.push({ ...at, probe: 'db', connection: 'fresh', error: isReachable(ms) ? null : 'refused' })
    const askedUs = at.askedUs + 50_000
    rows.push({
      askedUs,
      endedUs: askedUs + 2_000,
      probe: 'ready',
      connection: null,
      error: isReady(ms) ? null : '503',
    })
  }
  return rows
}

/** The same, with what is told in place of "not ready". */
const saying = (error: string): GeneratedProbeRow[] =>
  probes(isUp, isUp).map((row) => (row.probe === 'ready' && row.error === '503' ? { ...row, error } : row))

function lies(probe: readonly GeneratedProbeRow[] | undefined, of = plan): Measured {
  const view = new RunView(readGenerated(calmRun({ plan: of, timeline: timelineOf(of), ...(probe ? { probe } : {}) })))
  const window = view.window('slow')
  if (window === null) throw new Error('no window')
  return measure(view, readyLies, { window })
}

const isUp = (ms: number): boolean => ms < 20_200 || ms >= 29_900

test('an endpoint that always says ready lies as often as it is asked while nobody gets through', () => {
  // Our last success was at 20.0 s, so that an answer from 21.55 s on, asked over 1.5 s later, is gainsaid; until 29.80 s.
  expect(lies(probes(isUp, () => true))).toMatchObject({ kind: 'value', value: 34, sampleCount: 34 })
})

test('one that looks a moment late does not lie', () => {
  expect(lies(probes(isUp, (ms) => isUp(ms - 1_000)))).toMatchObject({ value: 0, sampleCount: 34 })
})

test('one lie is one', () => {
  expect(lies(probes(isUp, (ms) => isUp(ms) || ms === 25_000))).toMatchObject({ value: 1 })
})

test('without a failure of ours nothing is said', () => {
  expect(
    lies(
      probes(
        () => true,
        () => true,
      ),
    ),
  ).toMatchObject({ kind: 'none', reason: 'no_samples' })
})

test('without the stream of probes nothing is said', () => {
  expect(lies(undefined)).toMatchObject({ kind: 'none', reason: 'sampler_silent' })
})

test('without a ready path it cannot be assessed, and the line that would change that is named', () => {
  expect(readyLies.lacking?.(new RunView(readGenerated(calmRun({ plan: calm }))))).toContain('stack.nodes.<id>.ready')
})

test.each(['HTTP 401', 'HTTP 403', 'SELF_SIGNED_CERT_IN_CHAIN', 'unexpected redirect'])(
  'who did not get as far as the check is told nothing by it: %s',
  (error) => {
    expect(lies(saying(error))).toMatchObject({
      kind: 'none',
      reason: 'no_samples',
      why: expect.stringContaining(error),
    })
  },
)

test.each(['HTTP 503', 'no answer within 1500 ms', 'ECONNREFUSED'])(
  'what a load balancer would turn away for is no lie: %s',
  (error) => {
    expect(lies(saying(error))).toMatchObject({ kind: 'value', value: 0, sampleCount: 34 })
  },
)
