import { describe, expect, test } from 'vitest'
import type { InjectionRecord } from '../domain/verdict.ts'
import type { TimelineRow } from '../record/reader-rows.ts'
import type { Write } from './ledger-facts.ts'
import { type RecoveryClock, recoveryClock } from './recovery-clock.ts'

const s = 1_000_000

const injection: InjectionRecord = {
  id: 'down',
  fault: 'kill',
  on: 'primary',
  requestedUs: 20 * s,
  appliedUs: 20 * s,
  observedUs: 20 * s,
  stoppedUs: null,
  healedUs: null,
  healVerifiedUs: null,
  resolutionUs: null,
  settledUs: null,
  plannedStartUs: 20 * s,
  plannedEndUs: 40 * s,
  notes: [],
}

/** Sent when it was due, and over after `tookUs`. */
function write(atUs: number, outcome: Write['outcome'] = 'ok', tookUs = 1_000): Write {
  const isSent = outcome !== 'unsent'
  return {
    via: 'sql',
    op: `s${atUs}`,
    intendedUs: atUs,
    invokedUs: isSent ? atUs : null,
    completedUs: isSent ? atUs + tookUs : null,
    outcome,
    copies: 1,
  }
}

/** One each 100 ms from 20 s to `toS`, 50 in 5 s. */
const writes = (
  toS: number,
  shape: (index: number) => Write['outcome'] = () => 'ok',
  tookUs = (_index: number) => 1_000,
) => Array.from({ length: (toS - 20) * 10 }, (_, index) => write(20 * s + index * 100_000, shape(index), tookUs(index)))

interface Told {
  readonly writes?: readonly Write[]
  readonly steps?: readonly (readonly [atUs: number, step: string, id?: string])[]
  readonly injection?: Partial<InjectionRecord>
  readonly horizonS?: number
  readonly errorRatioMax?: number
}

function clock({
  writes: all = writes(40),
  steps = [],
  horizonS = 40,
  errorRatioMax = 0,
  ...told
}: Told): RecoveryClock {
  const timeline = steps.map(
    ([tUs, step, id = 'primary']): TimelineRow => ({ tUs, kind: 'supervisor', id, data: { step } }),
  )
  const found = recoveryClock({
    injection: { ...injection, ...told.injection },
    facts: { via: 'sql', writes: all, phantoms: [], read: null },
    timeline,
    targets: { errorRatioMax, latencyMsP95Max: 500 },
    horizonUs: horizonS * s,
  })
  if (found === null) throw new Error('no clock')
  return found
}

describe('when a recovery began', () => {
  test('a fault that never came, or was not seen, has none', () => {
    const facts = { via: 'sql', writes: writes(40), phantoms: [], read: null } as const
    const targets = { errorRatioMax: 0, latencyMsP95Max: 500 }
    const of = (changes: Partial<InjectionRecord>) =>
      recoveryClock({ injection: { ...injection, ...changes }, facts, timeline: [], targets, horizonUs: 40 * s })
    expect(of({ requestedUs: null })).toBeNull()
    expect(of({ observedUs: null })).toBeNull()
  })

  test('the harm was there when it was seen, and not before it was asked for', () => {
    expect(clock({ injection: { observedUs: 21 * s } }).harmedUs).toBe(21 * s)
    expect(clock({ injection: { observedUs: 19 * s } }).harmedUs).toBe(20 * s)
  })

  test('writes count from the request, up to the horizon and not at it', () => {
    const all = [write(19.9 * s), write(20 * s), write(30 * s), write(40 * s)]
    expect(clock({ writes: all }).writes).toBe(2)
  })
})

describe('the first success', () => {
  test.each<readonly [string, readonly Write[], number | null]>([
    ['is the end of a write', [write(22 * s)], 22 * s + 1_000],
    ['sent at the very moment of the harm', [write(21 * s)], 21 * s + 1_000],
    ['and not a moment before', [write(21 * s - 1), write(22 * s)], 22 * s + 1_000],
    ['that which ended first, though it was sent later', [write(22 * s, 'ok', 5 * s), write(23 * s)], 23 * s + 1_000],
    ['of two that ended together the one sent first', [write(22 * s, 'ok', s), write(23 * s, 'ok', 0)], 23 * s],
    ['and no other outcome', [write(22 * s, 'failed'), write(23 * s, 'unknown'), write(24 * s, 'unsent')], null],
  ])('%s', (_why, all, firstUs) => {
    expect(clock({ writes: all, injection: { observedUs: 21 * s } }).firstUs).toBe(firstUs)
  })

  test('is uncertain by the time since the write sent before it, whatever became of that', () => {
    const gap = (...all: readonly Write[]) => clock({ writes: all, injection: { observedUs: 21 * s } }).firstGapUs
    expect(gap(write(21.5 * s, 'failed'), write(22 * s))).toBe(0.5 * s)
    expect(gap(write(21.2 * s, 'failed'), write(21.5 * s, 'unsent'), write(22 * s))).toBe(0.8 * s)
    expect(gap(write(20.5 * s), write(22 * s))).toBe(1.5 * s)
    expect(gap(write(22 * s))).toBe(0)
    expect(gap(write(22 * s, 'failed'))).toBe(0)
  })
})

describe('what the supervisor did', () => {
  const down = writes(40, (index) => (index < 30 ? 'failed' : 'ok'))
  const never = writes(40, () => 'failed')
  const steps = [
    [20.5 * s, 'detected'],
    [22 * s, 'decided'],
    [22.5 * s, 'promoted'],
    [22.6 * s, 'routed'],
    [22.7 * s, 'restarted'],
    [22.8 * s, 'acted'],
  ] as const
  const all = {
    detectedUs: 20.5 * s,
    decidedUs: 22 * s,
    promotedUs: 22.5 * s,
    routedUs: 22.6 * s,
    restartedUs: 22.7 * s,
    actedUs: 22.8 * s,
  }
  const nothing = {
    detectedUs: null,
    decidedUs: null,
    promotedUs: null,
    routedUs: null,
    restartedUs: null,
    actedUs: null,
  }

  test('is told step by step', () => {
    expect(clock({ writes: down, steps })).toMatchObject(all)
  })

  test('each after the one before it, at the same moment at the earliest', () => {
    const early = steps.map(([atUs, step]) => [step === 'detected' ? atUs : 20.5 * s, step] as const)
    expect(clock({ writes: down, steps: early })).toMatchObject({ decidedUs: 20.5 * s, actedUs: 20.5 * s })
    const before = steps.map(([atUs, step]) => [step === 'decided' ? 20.5 * s - 1 : atUs, step] as const)
    expect(clock({ writes: never, steps: before })).toMatchObject({ ...nothing, detectedUs: 20.5 * s })
  })

  test('from the request of the fault on, and before the horizon', () => {
    const at = (atUs: number) => clock({ writes: never, steps: [[atUs, 'detected']] }).detectedUs
    expect([at(20 * s - 1), at(20 * s), at(40 * s - 1), at(40 * s)]).toEqual([null, 20 * s, 40 * s - 1, null])
  })

  test('on the node of the fault, or one of its instances', () => {
    const of = (id: string) => clock({ writes: never, steps: [[21 * s, 'detected', id]] }).detectedUs
    expect([of('primary'), of('primary-2'), of('primary2'), of('replica')]).toEqual([21 * s, 21 * s, null, null])
  })

  test('is none of what worked again by the time it decided', () => {
    const back = (firstUs: number) => clock({ writes: [write(firstUs - 1_000)], steps })
    expect(back(22 * s)).toMatchObject(nothing)
    // What is told done after the success counts up to it.
    const { detectedUs, decidedUs, ...deeds } = all
    const clipped = Object.fromEntries(Object.keys(deeds).map((deed) => [deed, 22 * s + 1]))
    expect(back(22 * s + 1)).toMatchObject({ detectedUs, decidedUs, ...clipped })
    expect(clock({ writes: [write(21 * s)], steps: [[20.5 * s, 'detected']] })).toMatchObject(nothing)
  })
})

describe('a recovery that lasts', () => {
  const sustained = (told: Told) => {
    const { sustainedUs } = clock(told)
    return sustainedUs === null ? null : sustainedUs / s
  }

  test('begins with the first write of 5 s within the targets, and not before the first success had ended', () => {
    expect(sustained({})).toBe(20.001)
    expect(sustained({ writes: writes(40, (index) => (index === 20 ? 'failed' : 'ok')) })).toBe(22.1)
  })

  test('needs 5 s up to the horizon, and no more', () => {
    const late = writes(40, (index) => (index < 150 ? 'failed' : 'ok'))
    expect(sustained({ writes: late, horizonS: 40 })).toBe(35.001)
    expect(sustained({ writes: late, horizonS: 39.999_999 })).toBeNull()
  })

  test('what comes 5 s after it is not its own', () => {
    expect(sustained({ writes: writes(40, (index) => (index === 50 ? 'failed' : 'ok')) })).toBe(20.001)
    expect(sustained({ writes: writes(40, (index) => (index === 49 ? 'failed' : 'ok')) })).toBe(25)
  })

  test.each<readonly [string, number, Told]>([
    // Of the 50 writes from 20 s on.
    [
      'as many errors as are allowed',
      20.001,
      { errorRatioMax: 0.04, writes: writes(40, (at) => (at === 9 || at === 19 ? 'failed' : 'ok')) },
    ],
    [
      'one more than that',
      21,
      { errorRatioMax: 0.02, writes: writes(40, (at) => (at === 9 || at === 19 ? 'failed' : 'ok')) },
    ],
    ['an unknown end is an error', 21, { writes: writes(40, (at) => (at === 9 ? 'unknown' : 'ok')) }],
    ['2 of 50 not sent', 20.001, { writes: writes(40, (at) => (at === 9 || at === 19 ? 'unsent' : 'ok')) }],
    ['3 of 50 not sent are 6 %', 21, { writes: writes(40, (at) => ([9, 19, 29].includes(at) ? 'unsent' : 'ok')) }],
    [
      '2 of 50 slow',
      20.001,
      {
        writes: writes(
          40,
          () => 'ok',
          (at) => (at === 9 || at === 19 ? 600_000 : 1_000),
        ),
      },
    ],
    [
      '3 of 50 slow are 6 %',
      21,
      {
        writes: writes(
          40,
          () => 'ok',
          (at) => ([9, 19, 29].includes(at) ? 600_000 : 1_000),
        ),
      },
    ],
    [
      'the bound itself is not slow',
      20.001,
      {
        writes: writes(
          40,
          () => 'ok',
          (at) => ([9, 19, 29].includes(at) ? 500_000 : 1_000),
        ),
      },
    ],
    // A p95 is broken by whatever is not a good and quick answer.
    [
      'one each of all three',
      21,
      {
        errorRatioMax: 1,
        writes: writes(
          40,
          (at) => (at === 9 ? 'failed' : at === 19 ? 'unsent' : 'ok'),
          (at) => (at === 29 ? 600_000 : 1_000),
        ),
      },
    ],
  ])('%s', (_why, atS, told) => {
    expect(sustained(told)).toBe(atS)
  })

  test('is uncertain by the time since the write sent before it', () => {
    expect(clock({ writes: writes(40, (index) => (index === 20 ? 'failed' : 'ok')) }).sustainedGapUs).toBe(100_000)
    expect(clock({ writes: writes(22), horizonS: 22 }).sustainedGapUs).toBe(0)
  })

  test('what was never sent is told by its own target, whatever errors are allowed', () => {
    // 4 of 50: 92 % went out.
    const some = writes(40, (index) => (index < 40 && index % 10 === 9 ? 'unsent' : 'ok'))
    expect(sustained({ writes: some, errorRatioMax: 1 })).toBe(22)
  })

  test('5 % not sent and 5 % slow are each the edge', () => {
    // 20 writes in 5 s: one is 5 %.
    const twenty = (shape: (index: number) => Write['outcome'], tookUs = (_index: number) => 1_000) =>
      Array.from({ length: 80 }, (_, index) => write(20 * s + index * 250_000, shape(index), tookUs(index)))
    expect(sustained({ writes: twenty((index) => (index === 9 ? 'unsent' : 'ok')) })).toBe(20.001)
    expect(
      sustained({
        writes: twenty(
          () => 'ok',
          (index) => (index === 9 ? 600_000 : 1_000),
        ),
      }),
    ).toBe(20.001)
    expect(sustained({ writes: twenty((index) => (index === 9 || index === 10 ? 'unsent' : 'ok')) })).toBe(22.75)
  })
})
