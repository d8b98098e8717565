import { expect, it } from 'vitest'
import { SimulatedClock } from '../../tests/simulation/simulated-clock.ts'
import { type ProbeConnection, type ProbeSample, usualQuestion } from '../domain/probe-sample.ts'
import { systemClock } from '../record/clock.ts'
import { type ProbeLine, type ProbeTarget, probe } from './prober.ts'

interface Habits {
  /** Since when a line does not answer, and when it goes on; run ms. */
  readonly silent?: readonly [fromMs: number, toMs: number]
  /** When the target ends every line. */
  readonly cutAtMs?: number
}

/** A target that answers after 2 ms; which lines were made, and what was seen within `ms`. */
async function watch(habits: Habits, ms: number) {
  const clock = new SimulatedClock(0)
  const nowMs = () => clock.monotonicUs() / 1_000
  const made: ProbeConnection[] = []
  const samples: ProbeSample[] = []
  const newLine = (connection: ProbeConnection): ProbeLine => {
    made.push(connection)
    const bornMs = nowMs()
    const answer = async (): Promise<void> => {
      const [fromMs, toMs] = habits.silent ?? [0, 0]
      if (nowMs() >= fromMs && nowMs() < toMs) await clock.sleep(toMs - nowMs())
      await clock.sleep(2)
      const { cutAtMs } = habits
      if (cutAtMs !== undefined && bornMs < cutAtMs && nowMs() >= cutAtMs) throw new Error('cut')
    }
    return { open: answer, ask: () => answer().then(() => 'yes'), destroy: () => undefined }
  }
  const target: ProbeTarget = { newLine, classify: () => 'closed', sqlStateOf: () => null, isBrokenBy: () => true }
  const sampler = probe(target, {
    clock,
    everyMs: () => 50,
    question: () => usualQuestion,
    onSample: (sample) => samples.push(sample),
    onError: (error) => {
      throw error
    },
  })
  await clock.runUntil(clock.sleep(ms))
  await clock.runUntil(sampler.stop())
  const of = (connection: ProbeConnection) => samples.filter((sample) => sample.connection === connection)
  return { made, long: of('long'), fresh: of('fresh') }
}

it('asks on one line that lives, and on a fresh one each time', async () => {
  const { made, long, fresh } = await watch({}, 1_000)
  expect(made.filter((connection) => connection === 'long')).toHaveLength(1)
  expect(made.filter((connection) => connection === 'fresh')).toHaveLength(fresh.length)
  // Its first sample tells only that there is a connection; the others bring the answer, of the question alone.
  expect(long.slice(0, 2).map(({ answer, roundTripMs }) => [answer, roundTripMs])).toEqual([
    [null, 2],
    ['yes', 2],
  ])
  expect(fresh[0]).toMatchObject({ answer: 'yes', roundTripMs: 2, askedUs: 0, endedUs: 4_000 })
})

it('tells of silence every 400 ms; the long line keeps its question, and its answer comes when it comes', async () => {
  const { made, long, fresh } = await watch({ silent: [100, 1_000] }, 1_200)
  const shown = (samples: readonly ProbeSample[]) =>
    samples.filter(({ endedUs }) => endedUs > 110_000).map(({ askedUs, error }) => [askedUs, error])
  const asked = long.find(({ error }) => error === 'timeout')?.askedUs ?? 0
  expect(shown(long).slice(0, 3)).toEqual([
    [asked, 'timeout'],
    [asked, 'timeout'],
    [asked, null],
  ])
  expect(fresh.filter(({ error }) => error === 'timeout').length).toBeGreaterThanOrEqual(2)
  expect(made.filter((connection) => connection === 'long')).toHaveLength(1)
})

it('tells of a line that was ended, and opens another', async () => {
  const { made, long } = await watch({ cutAtMs: 500 }, 1_000)
  expect(long.filter(({ error }) => error !== null).map(({ error }) => error)).toEqual(['closed'])
  expect(long.at(-1)?.error).toBe(null)
  expect(made.filter((connection) => connection === 'long')).toHaveLength(2)
})

it('tells once what breaks the probe itself, at once, and nobody else is struck by it', async () => {
  const told: unknown[] = []
  const broken = Promise.withResolvers<void>()
  const line: ProbeLine = { open: async () => undefined, ask: async () => null, destroy: () => undefined }
  const target: ProbeTarget = {
    newLine: () => line,
    classify: () => 'closed',
    sqlStateOf: () => null,
    isBrokenBy: () => true,
  }
  const sampler = probe(target, {
    clock: systemClock,
    everyMs: () => 10,
    question: () => usualQuestion,
    onSample: () => {
      throw new Error('the disk is full')
    },
    onError: (error) => {
      told.push(error)
      broken.resolve()
    },
  })
  // Nobody has called stop() yet: a rejection that waited for it would have ended the process.
  await broken.promise
  await sampler.stop()
  expect(told).toEqual([new Error('the disk is full')])
})

it('a long line that was refused is no line, though a no to a question would not end it: another one is opened', async () => {
  const clock = new SimulatedClock(0)
  const samples: ProbeSample[] = []
  const newLine = (): ProbeLine => {
    let isOpen = false
    return {
      async open() {
        await clock.sleep(2)
        if (clock.monotonicUs() < 500_000) throw new Error('it takes no connection now')
        isOpen = true
      },
      ask: () => (isOpen ? clock.sleep(2).then(() => 'yes') : new Promise(() => undefined)),
      destroy: () => undefined,
    }
  }
  const target: ProbeTarget = {
    newLine,
    classify: () => 'database',
    sqlStateOf: () => '55000',
    isBrokenBy: () => false,
  }
  const sampler = probe(target, {
    clock,
    everyMs: () => 50,
    question: () => usualQuestion,
    onSample: (sample) => samples.push(sample),
    onError: () => undefined,
  })
  await clock.runUntil(clock.sleep(1_000))
  await clock.runUntil(sampler.stop())
  const long = samples.filter(({ connection }) => connection === 'long')
  expect(new Set(long.map(({ error }) => error))).toEqual(new Set(['database', null]))
  expect(long.at(-1)).toMatchObject({ error: null, answer: 'yes' })
})
