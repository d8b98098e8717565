import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Workload } from '../../scenarios/lib/workload.ts'
import { outcomes } from '../domain/outcome.ts'
import type { LoadPlan } from '../domain/plan.ts'
import { readEvent } from './events.ts'
import { garbagePlan, generatorConfig } from './generator-config.ts'
import { LoadError } from './load-error.ts'
import { loadWorkload, weightedTools, workloadFile } from './workload.ts'

const tool = (name: string, weight: number) => ({ name, weight, arguments: () => ({}) })
const workload: Workload = { name: 'two', tools: [tool('a', 1), tool('b', 2)] }

describe('weightedTools', () => {
  test('leaves to the verdict what the plan says of answers', () => {
    expect(weightedTools(workload, { tools: { a: { weight: 8, answers: 'same' } } })).toEqual(
      weightedTools(workload, { tools: { a: { weight: 8 } } }),
    )
  })

  test('the plan changes what it names and leaves the rest', () => {
    expect(weightedTools(workload, { tools: { a: { weight: 8 } } })).toEqual([
      { name: 'a', weight: 8 },
      { name: 'b', weight: 2 },
    ])
  })

  test.each([
    { why: 'a tool that there is not', words: { tools: { c: { weight: 1 } } }, says: 'load.with.tools.c' },
    { why: 'a negative weight', words: { tools: { a: { weight: -1 } } }, says: 'got -1' },
    { why: 'a weight that is no number', words: { tools: { a: { weight: '8' } } }, says: 'got "8"' },
    { why: 'a tool without a weight', words: { tools: { a: {} } }, says: 'load.with.tools.a.weight' },
    { why: 'a misspelt key', words: { tools: { a: { weigth: 8 } } }, says: 'load.with.tools.a.weigth' },
    { why: 'words that nobody reads', words: { speed: 3 }, says: 'load.with.speed' },
    {
      why: 'nothing left to call',
      words: { tools: { a: { weight: 0 }, b: { weight: 0 } } },
      says: 'every weight is 0',
    },
  ])('$why is refused', ({ words, says }) => {
    expect(() => weightedTools(workload, words)).toThrow(says)
  })

  test('what is off is left out: nothing calls it, not even for its answers', () => {
    expect(weightedTools(workload, { tools: { a: { weight: 0 } } })).toEqual([{ name: 'b', weight: 2 }])
  })

  test('a tool cannot take its arguments from one that is off', () => {
    const reading: Workload = { name: 'three', tools: [...workload.tools, { ...tool('c', 1), after: 'a' }] }
    const off = { a: { weight: 0 } }
    expect(() => weightedTools(reading, { tools: off })).toThrow(
      'load.with.tools.a.weight: c takes its arguments from the answers of a, which is off (weight 0)',
    )
    expect(weightedTools(reading, { tools: { ...off, c: { weight: 0 } } })).toEqual([{ name: 'b', weight: 2 }])
  })

  test('all problems come at once', () => {
    expect(() => weightedTools(workload, { x: 1, tools: { c: { weight: 1 } } })).toThrow(/load\.with\.x.*tools\.c/)
  })
})

describe('workloads of this repository', () => {
  test('echo is one', async () => {
    expect((await loadWorkload(workloadFile('echo'))).name).toBe('echo')
  })
  test('a name that there is not is a usage error', () => {
    expect(() => workloadFile('no-such')).toThrow(LoadError)
  })
})

describe('generatorConfig', () => {
  const phase = { id: 'up', startMs: 0, endMs: 1_000, usersFrom: 0, usersTo: 10, judged: false }
  const plan: LoadPlan = {
    workload: 'two',
    with: {},
    paceMs: 4_000,
    callTimeoutMs: 35_000,
    drainMs: 5_000,
    instances: 3,
    phases: [phase, { ...phase, id: 'down', startMs: 1_000, endMs: 2_000, usersFrom: 10, usersTo: 5 }],
  }
  const share = { seed: 1, target: 'http://127.0.0.1:1/mcp', callsPath: '/c', tools: [], barrierTimeoutMs: 1_000 }

  test('instances share the users without gap or overlap', () => {
    const parts = [0, 1, 2].map((index) => generatorConfig(plan, { ...share, index }).users)
    expect(parts).toEqual([
      { first: 0, count: 3 },
      { first: 3, count: 3 },
      { first: 6, count: 4 },
    ])
  })
  test('the generator gets no keys that it does not know', () => {
    expect(generatorConfig(plan, { ...share, index: 0 }).phases[0]).not.toHaveProperty('judged')
  })
  test('what is said of its garbage reaches it', () => {
    const garbage = { heapMaxBytes: 1, collectAtMs: [2] }
    expect(generatorConfig(plan, { ...share, index: 0, garbage })).toMatchObject({ garbage })
    expect(generatorConfig(plan, { ...share, index: 0 })).not.toHaveProperty('garbage')
  })
})

describe('garbagePlan', () => {
  const gib = 2 ** 30
  const loadOf = (users: number) => ({
    phases: [{ id: 'up', startMs: 0, endMs: 60_000, usersFrom: 0, usersTo: users, judged: true }],
  })
  const from = (startMs: number, forMs = 8_000) => ({ startMs, forMs })

  test.each([
    [8 * gib, 2 * gib],
    [100 * gib, 4 * gib],
    [0, 1],
  ])('of %d bytes that are free a heap may take %d', (freeBytes, heapMaxBytes) => {
    expect(garbagePlan(loadOf(10), [], freeBytes)).toEqual({ heapMaxBytes, collectAtMs: [] })
  })
  test.each([
    ['before each fault, in order', 1_000, [from(40_000, 5_000), from(12_000)], [10_000, 38_000]],
    ['longer before it where more users have left more', 5_000, [from(12_000)], [2_000]],
    ['not before the load', 1_000, [from(2_000)], []],
    ['not while another fault is on', 1_000, [from(12_000), from(21_000)], [10_000]],
    ['not just after another fault', 1_000, [from(12_000), from(23_999)], [10_000]],
    ['some time after another fault', 1_000, [from(12_000), from(24_000)], [10_000, 22_000]],
    ['not when another is about to come', 1_000, [from(12_000), from(13_000, 1_000)], [10_000]],
  ])('it is collected %s', (_, users, faults, collectAtMs) => {
    expect(garbagePlan(loadOf(users), faults, gib).collectAtMs).toEqual(collectAtMs)
  })
  test('a fault that waits for its condition may still be on when another begins', () => {
    const waits = { ...from(12_000), after: { condition: { kind: 'calls', count: 1 } as const, latestMs: 20_000 } }
    expect(garbagePlan(loadOf(1), [waits, from(31_999)], gib).collectAtMs).toEqual([10_000])
    expect(garbagePlan(loadOf(1), [waits, from(32_000)], gib).collectAtMs).toEqual([10_000, 30_000])
  })
})

describe('readEvent', () => {
  test.each([
    ['{"sessions":50}', { kind: 'sessions', count: 50 }],
    ['{"ready":{"users":3,"without":1}}', { kind: 'ready', users: 3, without: 1 }],
    ['{"sessionFailed":{"user":1,"error":"no"}}', { kind: 'sessionFailed', user: 1, error: 'no' }],
    ['{"collected":{"t":5,"us":640}}', { kind: 'collected', fromUs: 5, tookUs: 640 }],
    ['{"collected":{"t":5}}', undefined],
    ['{"end":{"t":5,"rows":2,"reason":"planned"}}', { kind: 'end', timeUs: 5, rows: 2, reason: 'planned' }],
    ['{"end":{"t":null,"rows":0,"reason":"aborted"}}', { kind: 'end', timeUs: null, rows: 0, reason: 'aborted' }],
    ['{"end":{"t":5,"rows":2,"reason":"bored"}}', undefined],
    ['not JSON', undefined],
    ['null', undefined],
  ])('%s', (line, event) => {
    expect(readEvent(line)).toEqual(event)
  })
})

test('the generator numbers outcomes as the domain does', () => {
  const source = readFileSync(new URL('../../engines/squall/outcome.go', import.meta.url), 'utf8')
  const list = /var outcomes = \[\]string\{([^}]*)\}/.exec(source)?.[1] ?? ''
  expect(Array.from(list.matchAll(/"(\w+)"/g), ([, name]) => name)).toEqual(outcomes)
})
