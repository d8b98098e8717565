import { expect, test } from 'vitest'
import { latency } from '../../chaos/faults/latency.ts'
import { SimulatedClock } from '../../tests/simulation/simulated-clock.ts'
import type { LinkControl, ToxicSpec } from '../domain/link.ts'
import { NotPossibleHere } from '../domain/node-control.ts'
import type { PlannedFault } from '../domain/plan.ts'
import { type ProbeSample, usualQuestion } from '../domain/probe-sample.ts'
import { type Harm, harmToLink } from './harm.ts'
import { type InjectionContext, inject } from './injection.ts'

const t0Us = 1_000_000_000

interface World {
  readonly clock: SimulatedClock
  readonly context: InjectionContext
  readonly link: LinkControl
  readonly told: { edge: string; atMs: number; resolutionMs: number | null }[]
  readonly log: string[]
  readonly notes: string[]
  readonly stop: AbortController
}

interface Habits {
  /** Toxics act this long after the proxy has said yes. */
  readonly actsAfterMs?: number
  readonly failToHeal?: boolean
  /** The keeper cannot heal it either. */
  readonly cannotBeForced?: boolean
  /** The proxy says yes to the removal, and goes on. */
  readonly pretendToHeal?: boolean
  /** The proxy says yes to a removal so long after it has done it. */
  readonly answersHealAfterMs?: number
  readonly failToApply?: boolean
  readonly failToRecord?: boolean
  /** What a fault waits for comes so long after it began to wait; absent: never. */
  readonly comesAfterMs?: number
}

/** A link whose toxics are known, and two connections sampled every 10 ms of simulated time. */
function world(habits: Habits = {}): World {
  const clock = new SimulatedClock(t0Us)
  const told: World['told'] = []
  const log: string[] = []
  const notes: string[] = []
  const stop = new AbortController()
  const toxics = new Map<string, { toxic: ToxicSpec; fromUs: number }>()
  const listeners = new Set<(sample: ProbeSample) => void>()
  const link: LinkControl = {
    id: 'db',
    async addToxic(toxic) {
      await clock.sleep(2)
      log.push(`add ${toxic.name}`)
      if (habits.failToApply) throw new Error('the proxy says no')
      toxics.set(toxic.name, { toxic, fromUs: clock.monotonicUs() + (habits.actsAfterMs ?? 0) * 1_000 })
    },
    async removeToxic(name) {
      await clock.sleep(2)
      log.push(`remove ${name}`)
      if (habits.failToHeal) throw new Error('the proxy hangs')
      if (!habits.pretendToHeal) toxics.delete(name)
      await clock.sleep(habits.answersHealAfterMs ?? 0)
    },
    setEnabled: async () => undefined,
  }
  const context: InjectionContext = {
    clock,
    t0Us,
    signal: stop.signal,
    undo: {
      async record() {
        log.push('undo on disk')
        if (habits.failToRecord) throw new Error('no space left on device')
      },
      forget: async () => void log.push('undo forgotten'),
      async force() {
        if (!habits.cannotBeForced) toxics.clear()
        return { isHealed: !habits.cannotBeForced, how: 'the proxy was replaced' }
      },
    },
    watches: [
      (listener) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    ],
    setQuick: () => undefined,
    whyBlind: () => null,
    comes: async (condition, untilUs) => {
      await clock.sleep(habits.comesAfterMs ?? (untilUs - clock.monotonicUs()) / 1_000)
      log.push(`waited for ${condition.kind}`)
      return habits.comesAfterMs !== undefined
    },
    tell: (edge, timeUs, extra) =>
      told.push({
        edge,
        atMs: timeUs / 1_000,
        resolutionMs: extra?.resolutionUs === undefined ? null : extra.resolutionUs / 1_000,
      }),
    note: (text) => notes.push(text),
  }
  const sample = async (connection: ProbeSample['connection']) => {
    for (let turn = 0; turn < 3_000; turn += 1) {
      const askedUs = clock.monotonicUs()
      const active = [...toxics.values()].filter(({ fromUs }) => fromUs <= askedUs)
      const delayMs = Math.max(0, ...active.map(({ toxic }) => toxic.attributes.latency ?? 0))
      await clock.sleep(Math.min(1 + delayMs, 400))
      const isSilent = delayMs > 400
      const endedUs = clock.monotonicUs()
      for (const listener of listeners)
        listener({
          connection,
          askedUs,
          endedUs,
          error: isSilent ? 'timeout' : null,
          roundTripMs: isSilent ? null : 1 + delayMs,
          sqlState: null,
          answer: isSilent ? null : '1',
          question: usualQuestion,
        })
      await clock.sleep(10)
    }
  }
  void sample('long')
  void sample('fresh')
  return { clock, context, link, told, log, notes, stop }
}

const planned: PlannedFault = {
  id: 'slow-db',
  fault: 'latency',
  on: 'db',
  with: { delay: 30, jitter: 5, share: 1, direction: 'downstream' },
  startMs: 1_000,
  forMs: 5_000,
  recoveryMs: 5_000,
  judgedBy: 'launch',
}

function edges(told: World['told']): string[] {
  return told.map(({ edge }) => edge)
}

function at(told: World['told'], edge: string): number {
  const row = told.find((candidate) => candidate.edge === edge)
  if (!row) throw new Error(`no edge ${edge}`)
  return row.atMs
}

test('every edge is told in its order, at its planned time, with the resolution of the samples', async () => {
  const { clock, context, link, told, log } = world()
  await clock.runUntil(inject(context, planned, harmToLink(planned, latency, link)))
  expect(edges(told)).toEqual(['requested', 'applied', 'observed', 'healed', 'healVerified'])
  expect(at(told, 'requested')).toBe(1_000)
  expect(at(told, 'applied')).toBe(1_002)
  expect(at(told, 'healed')).toBe(6_002)
  const observed = told[2]
  expect(observed?.atMs).toBeGreaterThanOrEqual(1_002)
  expect(observed?.atMs).toBeLessThan(1_002 + 50)
  // A sample under way when the fault began is not taken for its effect.
  expect(observed?.resolutionMs).toBeLessThanOrEqual(50)
  expect(at(told, 'healVerified')).toBeLessThan(6_002 + 60)
  expect(log).toEqual([
    'undo on disk',
    'add squall-latency-downstream',
    'remove squall-latency-downstream',
    'undo forgotten',
  ])
})

test('a heal that shows before it is answered is told with all the time in which the harm may have ended', async () => {
  const { clock, context, told, link } = world({ answersHealAfterMs: 300 })
  await clock.runUntil(inject(context, planned, harmToLink(planned, latency, link)))
  const verified = told.find(({ edge }) => edge === 'healVerified')
  expect(verified?.atMs).toBe(at(told, 'healed'))
  // Gone 2 ms after the heal began, seen some 10 ms later, answered 300 ms later.
  expect(verified?.resolutionMs).toBeGreaterThanOrEqual(300)
  expect(verified?.resolutionMs).toBeLessThan(500)
})

test('a harm that comes later than the proxy said is observed when it comes', async () => {
  const { clock, context, link, told } = world({ actsAfterMs: 700 })
  await clock.runUntil(inject(context, planned, harmToLink(planned, latency, link)))
  expect(at(told, 'observed')).toBeGreaterThanOrEqual(1_702)
})

test('a heal that the proxy refuses is forced, said, and verified all the same', async () => {
  const { clock, context, link, told, notes } = world({ failToHeal: true })
  await clock.runUntil(inject(context, planned, harmToLink(planned, latency, link)))
  expect(edges(told)).toContain('healVerified')
  expect(notes.join()).toContain('the proxy was replaced')
})

test('a heal that nobody can do is never told as done', async () => {
  const { clock, context, link, told, log } = world({ failToHeal: true, cannotBeForced: true })
  await clock.runUntil(inject(context, planned, harmToLink(planned, latency, link)))
  expect(edges(told)).toEqual(['requested', 'applied', 'observed'])
  expect(log).not.toContain('undo forgotten')
})

test('what looked well before a heal failed verifies nothing', async () => {
  const { clock, context, told } = world()
  const harm = harmOf({
    heal: async () => {
      await clock.sleep(200)
      throw new Error('the proxy hangs')
    },
    // Well for the time of the failing heal, then not for a second.
    isAffected: ({ askedUs }) =>
      askedUs < t0Us + 6_000_000 || (askedUs > t0Us + 6_190_000 && askedUs < t0Us + 7_200_000),
  })
  await clock.runUntil(inject(context, planned, harm))
  expect(at(told, 'healVerified')).toBeGreaterThan(7_200)
})

test('a heal that the proxy only pretends is never verified, and is forced', async () => {
  const { clock, context, link, told, notes, log } = world({ pretendToHeal: true })
  await clock.runUntil(inject(context, planned, harmToLink(planned, latency, link)))
  expect(edges(told)).toEqual(['requested', 'applied', 'observed', 'healed'])
  expect(notes.join()).toMatch(/its end was not seen in 30\.0 s; the proxy was replaced/)
  expect(log).not.toContain('undo forgotten')
})

test('a fault that cannot be applied is never observed, and is healed', async () => {
  const { clock, context, link, told, notes } = world({ failToApply: true })
  await clock.runUntil(inject(context, planned, harmToLink(planned, latency, link)))
  expect(edges(told)).toEqual(['requested', 'healed', 'healVerified'])
  expect(notes.join()).toContain('could not be applied')
})

test('a fault that this machine does not let act says so, and what it lacks', async () => {
  const { clock, context, told, notes } = world()
  const harm = harmOf({ apply: () => Promise.reject(new NotPossibleHere('it takes root')) })
  await clock.runUntil(inject(context, planned, harm))
  expect(edges(told)).toEqual(['requested', 'notPossible', 'healed', 'healVerified'])
  expect(notes).toEqual(['slow-db: is not possible here: it takes root'])
})

test('without its undo on disk a fault does not act', async () => {
  const { clock, context, link, told, log } = world({ failToRecord: true })
  await expect(clock.runUntil(inject(context, planned, harmToLink(planned, latency, link)))).rejects.toThrow(
    'no space left',
  )
  expect(told).toEqual([])
  expect(log).toEqual(['undo on disk'])
})

test('an interrupt heals at once', async () => {
  const { clock, context, link, told, stop } = world()
  void clock.sleep(3_000).then(() => stop.abort())
  await clock.runUntil(inject(context, planned, harmToLink(planned, latency, link)))
  expect(at(told, 'healed')).toBe(3_002)
  expect(edges(told)).toContain('healVerified')
})

test('an interrupt before its start leaves it unborn', async () => {
  const { clock, context, link, told, stop } = world()
  void clock.sleep(500).then(() => stop.abort())
  await clock.runUntil(inject(context, planned, harmToLink(planned, latency, link)))
  expect(told).toEqual([])
})

/** A fault of a test's own on the same link: what it does is told, how it looks is given. */
function harmOf(change: Partial<Harm>): Harm {
  return {
    id: 'slow-db',
    name: 'test',
    seenBy: ['long', 'fresh'],
    samplesToTrust: 1,
    question: usualQuestion,
    isAffected: () => false,
    apply: async () => undefined,
    during: async () => undefined,
    heal: async () => undefined,
    ...change,
  }
}

test('what hits a share is gone only after so many samples in a row without harm', async () => {
  const { clock, context, told } = world()
  let isOn = false
  let freshSinceHeal = 0
  const harm = harmOf({
    seenBy: ['fresh'],
    samplesToTrust: 3,
    apply: async () => {
      isOn = true
    },
    isAffected({ connection, askedUs }) {
      if (connection === 'long' || !isOn) return false
      if (askedUs < t0Us + 6_000_000) return true
      freshSinceHeal += 1
      // The first two are spared by chance, the third is hit: the row begins anew with the fourth.
      return freshSinceHeal === 3
    },
  })
  await clock.runUntil(inject(context, planned, harm))
  expect(freshSinceHeal).toBe(6)
  // One sample in 11 ms: verified is the moment of the first of the three.
  const healedMs = at(told, 'healed')
  expect(at(told, 'healVerified')).toBeGreaterThan(healedMs + 25)
  expect(at(told, 'healVerified')).toBeLessThanOrEqual(healedMs + 50)
})

test('a sample that tells neither is taken for no harm, and for no heal', async () => {
  const { clock, context, told } = world()
  const harm = harmOf({ isAffected: ({ askedUs }) => (askedUs > t0Us + 6_500_000 ? false : null) })
  await clock.runUntil(inject(context, planned, harm))
  expect(edges(told)).toEqual(['requested', 'applied', 'healed', 'healVerified'])
  expect(at(told, 'healVerified')).toBeGreaterThanOrEqual(6_500)
})

test('what was seen to be gone before the heal was answered is verified at that answer', async () => {
  const { clock, context, told } = world()
  const harm = harmOf({ heal: () => clock.sleep(400) })
  await clock.runUntil(inject(context, planned, harm))
  expect([at(told, 'healed'), at(told, 'healVerified')]).toEqual([6_400, 6_400])
})

test('what a fault does in between ends with it, and is waited for before the heal', async () => {
  const { clock, context, told } = world()
  const did: number[] = []
  const harm = harmOf({
    async during({ signal, sleep }) {
      while (!signal.aborted) {
        did.push((clock.monotonicUs() - t0Us) / 1_000)
        await sleep(2_000)
      }
      await clock.sleep(300)
    },
  })
  await clock.runUntil(inject(context, planned, harm))
  expect(did).toEqual([1_000, 3_000, 5_000])
  expect(at(told, 'healed')).toBe(6_300)
})

test('what does not stop is left behind after a second, and said', async () => {
  const { clock, context, told, notes } = world()
  await clock.runUntil(inject(context, planned, harmOf({ during: () => clock.sleep(3_600_000) })))
  expect(at(told, 'healed')).toBe(7_000)
  expect(notes.join()).toContain('slow-db: did not stop in time')
})

test('what fails in between is tried again, and said once where it passes', async () => {
  const { clock, context, told, notes } = world()
  let tries = 0
  const during = async (doing: { sleep: (ms: number) => Promise<void>; signal: AbortSignal }) => {
    tries += 1
    if (tries < 4) throw new Error('no connection')
    while (!doing.signal.aborted) await doing.sleep(100)
  }
  await clock.runUntil(inject(context, planned, harmOf({ during })))
  expect(tries).toBe(4)
  expect(notes).toEqual(['slow-db: cannot act: Error: no connection'])
  expect(edges(told)).not.toContain('stopped')
})

test('shortly before a fault comes and before it goes the probe is quick', async () => {
  const { clock, context, link } = world()
  const quick: [isQuick: boolean, atMs: number][] = []
  const setQuick = (isQuick: boolean) => quick.push([isQuick, clock.monotonicUs() / 1_000 - t0Us / 1_000])
  await clock.runUntil(
    inject({ ...context, setQuick: (on) => void setQuick(on) }, planned, harmToLink(planned, latency, link)),
  )
  const changes = quick.filter(([isQuick], index) => isQuick !== quick[index - 1]?.[0])
  expect(changes.map(([isQuick]) => isQuick)).toEqual([true, false, true, false])
  expect(changes[0]?.[1]).toBe(700)
  expect(changes[2]?.[1]).toBe(5_700)
})

test('what cannot act until its planned end is told as stopped, and the fault stays on until then', async () => {
  const { clock, context, told, notes } = world()
  const during = () => Promise.reject(new Error('no such table'))
  await clock.runUntil(inject(context, planned, harmOf({ during })))
  expect(at(told, 'healed')).toBe(6_000)
  expect(notes.join()).toContain('slow-db: cannot act: Error: no such table')
  expect(edges(told)).toContain('stopped')
  expect(at(told, 'stopped')).toBeLessThan(1_100)
})

const waiting: PlannedFault = { ...planned, after: { condition: { kind: 'calls', count: 500 }, latestMs: 4_000 } }

test('a fault that waits begins when its condition comes, and lasts as long as planned from then on', async () => {
  const { clock, context, link, told } = world({ comesAfterMs: 700 })
  await clock.runUntil(inject(context, waiting, harmToLink(waiting, latency, link)))
  expect(at(told, 'requested')).toBe(1_700)
  expect(at(told, 'healed')).toBe(6_702)
})

test('a fault whose condition never comes never acts, and says so', async () => {
  const { clock, context, link, told, log, notes } = world()
  await clock.runUntil(inject(context, waiting, harmToLink(waiting, latency, link)))
  expect([told, log]).toEqual([[], ['waited for calls']])
  expect(notes).toEqual(['slow-db: what it waits for had not come by 4 s: it never began'])
})
