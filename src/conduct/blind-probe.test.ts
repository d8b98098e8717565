import { expect, test } from 'vitest'
import { latency } from '../../chaos/faults/latency.ts'
import { SimulatedClock } from '../../tests/simulation/simulated-clock.ts'
import type { PlannedFault } from '../domain/plan.ts'
import type { ProbeConnection } from '../domain/probe-sample.ts'
import { databaseTarget } from '../observe/database-probe.ts'
import type { StreamWriter } from '../record/writer.ts'
import { harmToLink } from './harm.ts'
import { inject } from './injection.ts'
import { watchTarget } from './target-watch.ts'

const planned: PlannedFault = {
  ...{ id: 'slow', fault: 'latency', on: 'db', with: { delay: 200, jitter: 0, share: 1, direction: 'downstream' } },
  ...{ startMs: 2_000, forMs: 3_000, recoveryMs: 0, judgedBy: 'launch' },
}
const refused = Object.assign(new Error('unsupported startup parameter: options'), { code: '08P01' })

/** Whether a connection of the probe is answered when it is asked for the n-th time. */
type Answers = (connection: ProbeConnection, turn: number) => boolean

/** One injection on a link that our own connections are answered on as told. */
async function run(answers: Answers) {
  const clock = new SimulatedClock(0)
  const told: { edge: string; note?: string }[] = []
  const log: string[] = []
  const turns = { long: 0, fresh: 0 }
  const answer = async (connection: ProbeConnection) => {
    await clock.sleep(1)
    if (!answers(connection, ++turns[connection])) throw refused
  }
  const watch = watchTarget({
    clock,
    t0Us: 0,
    id: 'db',
    target: {
      ...databaseTarget('postgres://localhost/x'),
      newLine: (connection) => ({
        open: () => answer(connection),
        ask: async () => '1',
        destroy: () => undefined,
      }),
    },
    everyMs: 250,
    writer: { row: () => undefined } as unknown as StreamWriter,
    onError: (error) => log.push(String(error)),
  })
  const link = {
    id: 'db',
    addToxic: async () => void log.push('added'),
    removeToxic: async () => void log.push('removed'),
    setEnabled: async () => undefined,
  }
  const harm = harmToLink(planned, latency, link)
  await clock.runUntil(
    inject(
      {
        ...{ clock, t0Us: 0, signal: new AbortController().signal },
        undo: {
          record: async () => void log.push('undo on disk'),
          forget: async () => void log.push('undo forgotten'),
          force: async () => ({ isHealed: true, how: 'replaced' }),
        },
        watches: [(listener) => watch.watch(listener)],
        setQuick: (quick, question) => watch.setQuick('slow', quick, question),
        whyBlind: () => watch.whyBlind(harm.seenBy),
        comes: () => Promise.resolve(true),
        tell: (edge, _, extra) => told.push({ edge, ...(extra?.note === undefined ? {} : { note: extra.note }) }),
        note: (text) => log.push(text),
      },
      planned,
      harm,
    ),
  )
  await clock.runUntil(Promise.resolve(watch[Symbol.asyncDispose]()))
  return { told, log }
}

test.each<{ why: string; answers: Answers }>([
  { why: 'both', answers: () => false },
  { why: 'one of them', answers: (connection) => connection === 'long' },
])('what a probe that never worked says is no effect of a fault, which is not done: $why', async ({ answers }) => {
  const { told, log } = await run(answers)
  const note = `Squall's own connections to db were never answered before it, so that they cannot show it: unsupported startup parameter: options`
  expect(told).toEqual([{ edge: 'requested' }, { edge: 'notPossible', note }])
  expect(log).toEqual([`slow: is not possible here: ${note}`])
})

test('a probe that worked, and failed a while before, may show it', async () => {
  const { told, log } = await run((connection, turn) => connection === 'long' || turn < 3 || turn > 6)
  expect(told.map(({ edge }) => edge)).toContain('applied')
  expect(log).toContain('added')
})
