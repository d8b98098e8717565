import { expect, test } from 'vitest'
import { SimulatedClock } from '../../tests/simulation/simulated-clock.ts'
import type { PlannedFault } from '../domain/plan.ts'
import { type ProbeSample, usualQuestion } from '../domain/probe-sample.ts'
import { type Harm, harmToAll } from './harm.ts'
import { inject } from './injection.ts'
import { undoOfAll } from './undo-holder.ts'

const planned: PlannedFault = {
  id: 'gone',
  fault: 'gone',
  on: 'server',
  with: {},
  startMs: 1_000,
  forMs: 3_000,
  recoveryMs: 0,
  judgedBy: 'bounded',
}

interface Habits {
  /** The harm shows, and ends, so long after it was asked for. */
  readonly lagMs?: number
  readonly failToApply?: boolean
  readonly failToHeal?: boolean
  readonly during?: Harm['during']
}

/** Two targets of one fault, each looked at every 10 ms by a connection that is answered in 1 ms. */
async function run(...habits: readonly [Habits, Habits]) {
  const clock = new SimulatedClock(0)
  const log: string[] = []
  const notes: string[] = []
  const told: [edge: string, atMs: number, resolutionMs: number | null][] = []
  const over = new AbortController()
  const targets = habits.map((habit, index) => {
    const name = 'ab'[index] ?? ''
    const listeners = new Set<(sample: ProbeSample) => void>()
    let changes: readonly (readonly [atUs: number, isOn: boolean])[] = []
    const change = (isOn: boolean) => {
      changes = [...changes, [clock.monotonicUs() + (habit.lagMs ?? 0) * 1_000, isOn]]
    }
    const looking = async () => {
      while (!over.signal.aborted) {
        const askedUs = clock.monotonicUs()
        const isOn = changes.findLast(([atUs]) => atUs <= askedUs)?.[1] ?? false
        await clock.sleep(1)
        const endedUs = clock.monotonicUs()
        const answer = { error: isOn ? ('refused' as const) : null, sqlState: null, roundTripMs: null, answer: null }
        for (const listener of listeners)
          listener({ connection: 'long', askedUs, endedUs, ...answer, question: usualQuestion })
        await clock.sleep(9, over.signal)
      }
    }
    void looking()
    const harm: Harm = {
      id: 'gone',
      name: 'gone',
      seenBy: ['long'],
      samplesToTrust: 1,
      question: usualQuestion,
      isAffected: ({ error }) => error !== null,
      async apply() {
        log.push(`${name} applied`)
        if (habit.failToApply) throw new Error(`${name} says no`)
        change(true)
      },
      during: habit.during ?? (async () => undefined),
      async heal() {
        log.push(`${name} healed`)
        if (habit.failToHeal) throw new Error(`${name} hangs`)
        change(false)
      },
    }
    const undo = {
      async record() {
        await clock.sleep(Math.min(habit.lagMs ?? 0, 200))
        log.push(`${name} on disk`)
      },
      forget: async () => void log.push(`${name} forgotten`),
      async force() {
        change(false)
        return { isHealed: !habit.failToApply, how: `forced` }
      },
    }
    return { harm, undo, listeners }
  })
  const [a, b] = targets
  if (a === undefined || b === undefined) throw new Error('two')
  await clock.runUntil(
    inject(
      {
        clock,
        t0Us: 0,
        signal: over.signal,
        undo: undoOfAll(targets.map(({ undo }) => undo)),
        watches: targets.map(({ listeners }) => (listener) => {
          listeners.add(listener)
          return () => listeners.delete(listener)
        }),
        setQuick: () => undefined,
        whyBlind: () => null,
        comes: () => Promise.resolve(true),
        tell: (edge, timeUs, extra) =>
          told.push([edge, timeUs / 1_000, extra?.resolutionUs === undefined ? null : extra.resolutionUs / 1_000]),
        note: (text) => notes.push(text),
      },
      planned,
      harmToAll(a.harm, b.harm),
    ),
  )
  over.abort()
  return { log, notes, told, edges: told.map(([edge]) => edge) }
}

test('a fault on two targets is one injection: seen, and gone, when both show it', async () => {
  const { told, edges, log } = await run({}, { lagMs: 200 })
  expect(edges).toEqual(['requested', 'applied', 'observed', 'healed', 'healVerified'])
  const at = (edge: string) => told.find(([one]) => one === edge) ?? ['', Number.NaN, null]
  const [[, requestedMs], [, healedMs]] = [at('requested'), at('healed')]
  for (const [[, atMs, resolutionMs], sinceMs] of [
    [at('observed'), requestedMs],
    [at('healVerified'), healedMs],
  ] as const) {
    // That of the late one, and a doubt that reaches back to the early one.
    expect(atMs - sinceMs).toBeGreaterThanOrEqual(200)
    expect(atMs - sinceMs).toBeLessThan(220)
    expect(resolutionMs).toBeGreaterThanOrEqual(190)
    expect(resolutionMs).toBeLessThanOrEqual(atMs - sinceMs)
  }
  expect(log.indexOf('a applied')).toBeGreaterThan(log.indexOf('b on disk'))
  expect(log.slice(-2).sort()).toEqual(['a forgotten', 'b forgotten'])
})

test('one that never shows it leaves the fault unobserved', async () => {
  const { edges } = await run({}, { lagMs: 5_000 })
  expect(edges).not.toContain('observed')
})

test('when it cannot act on one, it is healed on both, and said', async () => {
  const { edges, log, notes } = await run({}, { failToApply: true })
  expect(edges).not.toContain('applied')
  expect(log).toEqual(expect.arrayContaining(['a applied', 'a healed', 'b healed', 'a forgotten', 'b forgotten']))
  expect(notes.join()).toContain('b says no')
})

test('when one cannot be healed, both are by force', async () => {
  const { edges, notes, log } = await run({ failToHeal: true }, {})
  expect(edges).toContain('healVerified')
  expect(log).toContain('b healed')
  expect(notes).toEqual(['gone: healing failed (Error: a hangs); forced'])
})

test('what goes on does so on each by itself: one that fails is tried again while the other goes on', async () => {
  let tries = 0
  const { edges, notes } = await run(
    {
      async during({ signal, sleep }) {
        while (!signal.aborted) await sleep(100)
      },
    },
    {
      async during({ signal, sleep }) {
        tries += 1
        if (tries === 1) throw new Error('not yet')
        while (!signal.aborted) await sleep(100)
      },
    },
  )
  expect(tries).toBe(2)
  expect(notes).toEqual(['gone: cannot act: Error: not yet'])
  expect(edges).not.toContain('stopped')
})
