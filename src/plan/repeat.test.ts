import { describe, expect, it } from 'vitest'
import type { noOverrides } from './overrides.ts'
import { loadSample, sampleWith } from './sample-plan.ts'

const once = 'start: {phase: steady, at: 55 s}, for: 20 s'
const slow = 'start: {phase: steady, at: 10 s}, for: 20 s, recovery: 20 s'

function startsMs(replacement: string, overrides: Partial<typeof noOverrides> = {}): readonly (readonly unknown[])[] {
  const { plan, problems } = loadSample(sampleWith(once, replacement), overrides)
  expect(problems).toEqual([])
  return plan?.faults.filter(({ fault }) => fault === 'down').map(({ id, startMs }) => [id, startMs]) ?? []
}

function problemOf(piece: string, replacement: string): string {
  const { problems } = loadSample(sampleWith(piece, replacement))
  return problems.map(({ path, received, expected }) => `${path}: ${received}; ${expected}`).join('\n')
}

describe('a fault that comes several times', () => {
  it('comes every so often, each time under its own id', () => {
    expect(startsMs('start: {phase: steady, at: 55 s, every: 15 s, times: 3}, for: 10 s')).toEqual([
      ['gone-1', 75_000],
      ['gone-2', 90_000],
      ['gone-3', 105_000],
    ])
  })

  it('may come again as soon as it is over, and not before', () => {
    expect(startsMs('start: {phase: steady, at: 55 s, every: 10 s, times: 2}, for: 10 s')).toHaveLength(2)
    expect(problemOf(once, 'start: {phase: steady, at: 55 s, every: 9999 ms, times: 2}, for: 10 s')).toMatch(
      /^faults\[1\]\.start\.every: .*; 10 s or more/,
    )
  })

  it('has to end with the load each time', () => {
    expect(problemOf(once, 'start: {phase: steady, at: 55 s, every: 20 s, times: 3}, for: 10 s')).toMatch(
      /gone-3 to end with the load/,
    )
  })

  it('has each objective on its windows judged each time', () => {
    const { plan } = loadSample(
      sampleWith(slow, 'start: {phase: steady, at: 10 s, every: 20 s, times: 2}, for: 10 s, recovery: 10 s').replace(
        'at: 55 s}, for: 20 s',
        'at: 80 s}, for: 20 s',
      ),
    )
    expect(plan?.objectives.map(({ id, during }) => [id, during])).toEqual([
      ['p95', 'steady.clear'],
      ['pool-1', 'slow-1'],
      ['pool-2', 'slow-2'],
      ['back-1', 'slow-1.recovery'],
      ['back-2', 'slow-2.recovery'],
    ])
  })

  it('takes no id that another one has', () => {
    const text = sampleWith(once, 'start: {phase: steady, at: 55 s, every: 15 s, times: 2}, for: 10 s')
    const { problems } = loadSample(text.replaceAll('slow', 'gone-2'))
    expect(problems).toMatchObject([{ path: 'faults[1].id', expected: expect.stringContaining('gone-2 free') }])
  })
})

it('takes no id of an objective that is there already', () => {
  const text = sampleWith(slow, 'start: {phase: steady, at: 10 s, every: 20 s, times: 2}, for: 10 s, recovery: 10 s')
  const { problems } = loadSample(text.replace('id: p95,', 'id: back-2,'))
  expect(problems).toMatchObject([{ path: 'faults[0].start', expected: expect.stringContaining('back-2 free') }])
})

it('waits for as many calls fewer in a quick run', () => {
  const text = sampleWith(once, 'start: {phase: steady, at: 70 s, after: {calls: 1000}}, for: 20 s')
  expect(loadSample(text, { quick: true }).plan?.faults[1]?.after?.condition).toEqual({ kind: 'calls', count: 350 })
})

describe('a fault at random moments', () => {
  const random = 'start: {phase: steady, at: 50 s, random: 4}, for: 5 s'

  it('comes once in each part of the rest of its phase', () => {
    const starts = startsMs(random).map(([, startMs]) => Number(startMs))
    expect(starts).toHaveLength(4)
    for (const [index, startMs] of starts.entries()) {
      const partMs = 70_000 + index * 12_500
      expect(startMs).toBeGreaterThanOrEqual(partMs)
      expect(startMs + 5_000).toBeLessThanOrEqual(partMs + 12_500)
    }
  })

  it('comes at the same moments with the same seed, and at others with another', () => {
    expect(startsMs(random)).toEqual(startsMs(random))
    expect(startsMs(random, { seed: '8' })).not.toEqual(startsMs(random))
  })

  it('is refused where its times do not fit', () => {
    expect(startsMs('start: {phase: steady, at: 50 s, random: 5}, for: 10 s')).toHaveLength(5)
    expect(problemOf(once, 'start: {phase: steady, at: 50 s, random: 6}, for: 10 s')).toMatch(
      /^faults\[1\]\.start\.random: 6 times in 50 s; room for each: gone with its recovery takes 10 s/,
    )
  })
})

describe('a fault that waits', () => {
  it('may begin from its start on, until it would not fit into its phase and the load', () => {
    const { plan } = loadSample(sampleWith(once, 'start: {phase: steady, at: 55 s, after: {calls: 500}}, for: 20 s'))
    expect(plan?.faults[1]).toMatchObject({
      startMs: 75_000,
      after: { condition: { kind: 'calls', count: 500 }, latestMs: 100_000 },
    })
  })

  it('may wait for a line in the log of a node', () => {
    const { plan } = loadSample(
      sampleWith(once, 'start: {phase: steady, at: 55 s, after: {log: migration begins, node: server}}, for: 20 s'),
    )
    expect(plan?.faults[1]?.after?.condition).toEqual({ kind: 'log', node: 'server', text: 'migration begins' })
  })
})

describe('a start that is wrong', () => {
  it.each([
    ['two ways at once', 'every: 30 s, times: 2, random: 2', /one of after, every and random, not every and random/],
    ['every, without times', 'every: 30 s', /every and times together/],
    ['times, without every', 'times: 3', /every and times together/],
    ['a condition of two', 'after: {calls: 5, log: x, node: server}', /\{calls: 500\}, \{log:/],
    ['a log of nobody', 'after: {log: x}', /\{calls: 500\}, \{log:/],
    ['a log of no node', 'after: {log: x, node: dc}', /a node/],
    ['no times at all', 'random: 0', /1\.\.100/],
  ])('%s', (_, keys, expected) => {
    expect(problemOf(once, `start: {phase: steady, at: 55 s, ${keys}}, for: 20 s`)).toMatch(expected)
  })
})

describe('two faults on one link at one time', () => {
  const both = (first: string, second: string): string =>
    problemOf(
      'fault: down, on: db, start: {phase: steady, at: 55 s}, for: 20 s',
      `fault: ${first}, on: db${first === 'latency' ? ', with: {delay: 34 ms}' : ''}, start: {phase: steady, at: 55 s}, for: 20 s}
  - {id: more, fault: ${second}, on: db, with: {delay: 34 ms}, start: {phase: steady, at: 74999 ms}, for: 10 s`,
    )

  it('are refused where one would hide or undo the other', () => {
    expect(both('down', 'latency')).toMatch(
      /^faults\[2\]\.start: more \(latency\) on db .* gone \(down\) is not on db as well/,
    )
  })

  it('are refused where both are the same', () => {
    expect(both('latency', 'latency')).toMatch(/hide, or undo/)
  })

  it('may follow each other at once', () => {
    const { problems } = loadSample(
      sampleWith(
        once,
        `${once}}
  - {id: more, fault: latency, on: db, with: {delay: 34 ms}, start: {phase: steady, at: 75 s}, for: 10 s`,
      ),
    )
    expect(problems).toEqual([])
  })
})
