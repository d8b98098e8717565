import { describe, expect, it } from 'vitest'
import type { Overrides } from './overrides.ts'
import { loadSample, samplePlan, sampleWith } from './sample-plan.ts'

function load(overrides: Partial<Overrides>, text = samplePlan) {
  return loadSample(text, overrides)
}

describe('--set', () => {
  it('changes a value, items of lists by their id', () => {
    const { plan, problems } = load({
      set: ['load.phases.steady.for=120s', 'faults.slow.with.delay=50 ms', 'objectives.p95.max=1 s'],
    })
    expect(problems).toEqual([])
    expect(plan?.load.phases[1]?.endMs).toBe(140_000)
    expect(plan?.faults[0]?.with.delay).toBe(50)
    expect(plan?.objectives[0]).toMatchObject({ max: 1_000, boundText: '1 s' })
  })

  it('takes more than scalars, and null', () => {
    const { plan } = load({
      set: ['load.phases.steady.users=[100, 200]', 'observe.pool=null', 'faults=[]', 'objectives=[]'],
    })
    expect(plan?.load.phases[1]?.usersTo).toBe(200)
    expect(plan?.observe.pool).toBeNull()
    expect(plan?.faults).toEqual([])
  })

  it.each([
    ['load.pase=1 s', 'load.pase', 'an unknown key'],
    ['load.phases.stedy.for=1 s', 'load.phases.stedy.for', 'an unknown id'],
    ['load.pace=fast', 'load.pace', 'no duration'],
    ['load.pace', '--set', 'no value'],
    ['=1', '--set', 'no path'],
  ])('%s is a problem of the flag: %s, %s', (text, path) => {
    const { problems } = load({ set: [text] })
    expect(problems.map((problem) => [problem.path, problem.file])).toEqual([[path, '--set']])
  })
})

describe('other flags', () => {
  it('--seed and --unknown', () => {
    expect(load({ seed: '99', unknown: 'warn' }).plan).toMatchObject({ seed: 99, unknown: 'warn' })
    const { problems } = load({ seed: 'x', unknown: 'y' })
    expect(problems.map(({ file }) => file)).toEqual(['--seed', '--unknown'])
  })

  it('--stack compose is refused until that stack is there', () => {
    expect(load({ stack: 'compose' }).problems).toMatchObject([
      { file: '--stack', expected: expect.stringMatching(/not in this version/) },
    ])
  })
})

describe('--users', () => {
  const stepped = sampleWith('users: 100}', 'users: [100, 30]}')

  it.each([
    ['1000', [0, 1_000, 1_000, 300], 'ten times as many'],
    ['1', [0, 1, 1, 1], 'a phase that had users keeps one'],
    ['33', [0, 33, 33, 10], 'rounded'],
  ])('%s: %j, %s', (users, expected) => {
    const { plan } = load({ users }, stepped)
    expect(plan?.load.phases.flatMap(({ usersFrom, usersTo }) => [usersFrom, usersTo])).toEqual(expected)
  })

  it.each(['0', '-1', '1.5', 'many', '', '20001'])('%j is refused', (users) => {
    expect(load({ users }).problems).toMatchObject([{ path: '--users', file: '--users' }])
  })
})

it('are checked even when the plan itself has problems', () => {
  const { problems } = load({ users: 'x', target: 'y' }, sampleWith('pace: 10 s', 'pace: 10'))
  expect(problems.map(({ path }) => path)).toEqual(['stack.nodes.server.url', '--users', 'load.pace'])
})

describe('--quick', () => {
  it('shortens the timeline, and neither pace nor limits nor bounds', () => {
    const { plan, problems } = load({ quick: true })
    expect(problems).toEqual([])
    expect(plan?.quick).toBe(true)
    expect(plan?.load.phases.map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
      [0, 7_000],
      [7_000, 42_000],
    ])
    expect(plan?.faults.map(({ startMs, forMs, recoveryMs }) => [startMs, forMs, recoveryMs])).toEqual([
      [10_500, 8_000, 7_000],
      [26_250, 8_000, 0],
    ])
    expect(plan?.load).toMatchObject({ paceMs: 10_000, callTimeoutMs: 35_000, drainMs: 5_000 })
    expect(plan?.objectives[0]?.max).toBe(2_000)
  })

  it('leaves at least 5 s, and never lengthens', () => {
    const text = sampleWith('for: 20 s, users', 'for: 10 s, users').replace('55 s}, for: 20 s', '55 s}, for: 4 s')
    const { plan } = load({ quick: true }, text)
    expect(plan?.load.phases[0]?.endMs).toBe(5_000)
    expect(plan?.faults[1]?.forMs).toBe(4_000)
  })

  it('tells the numbers when the least durations push a fault into the next one', () => {
    const { problems } = load({ quick: true }, sampleWith('at: 55 s', 'at: 51 s'))
    expect(problems).toMatchObject([
      { path: 'faults[1].start.at', received: 'gone at 24.85 s of the quick run', line: 19 },
    ])
    expect(problems[0]?.expected).toMatch(/at 25\.5 s of it or later.*keep 43 s from start to start/)
  })

  it('says nothing of faults that overlap in the full plan as well', () => {
    expect(load({ quick: true }, sampleWith('at: 55 s', 'at: 49 s')).problems).toEqual([])
  })
})
