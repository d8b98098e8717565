import { describe, expect, it, test } from 'vitest'
import type { Plan } from '../domain/plan.ts'
import { RunView } from '../measure/run-view.ts'
import { calmRun, timelineOf } from '../measure/testing/calm-run.ts'
import { type GeneratedAnswer, type GeneratedRun, readGenerated } from '../measure/testing/generated-run.ts'
import { planOf } from '../measure/testing/plan-of.ts'
import { judgeAnswers } from './constant-answers.ts'

const [read, write] = [0, 1]

/** So many questions of a tool, each with its answer. */
function asked(tool: number, questions: number, answerOf: (question: number) => string): GeneratedAnswer[] {
  return Array.from({ length: questions }, (_, at) => ({
    tUs: at * 1_000_000,
    tool,
    asked: `q${at}`,
    answer: answerOf(at),
  }))
}

const same = () => 'mock'
const own = (question: number) => `a${question}`
const reads = { read: true, write: false }

function judged(changes: Partial<GeneratedRun> = {}) {
  const run = { reads, answers: asked(read, 20, own), ...changes }
  return judgeAnswers(new RunView(readGenerated(calmRun(run))))
}

const withWords = (words: Record<string, unknown>, more: Partial<Plan['load']> = {}): Plan => {
  const plan = planOf()
  return { ...plan, load: { ...plan.load, with: words, ...more } }
}

test('a tool that gives one answer to ten questions, and says that it only reads, is mock data', () => {
  const { findings, notAssessed } = judged({ answers: asked(read, 10, same) })
  expect(notAssessed).toEqual([])
  expect(findings).toMatchObject([
    {
      id: 'tool.constant_answers',
      verdict: 'fail',
      reason: 'constant_answers',
      judged: true,
      measured: { kind: 'value', value: 1, sampleCount: 1 },
      bound: { max: 0 },
      why: 'read gave one and the same answer to 10 different questions, which is no evidence that anything works.',
      hint: 'Look for mock data. Where it is right, say so in the plan: load.with.tools.read.answers: same.',
    },
  ])
  expect(findings[0]?.evidence.map(({ file }) => file)).toEqual(['answers/k6-1.ndjson', 'run.json', 'timeline.ndjson'])
})

test('one differing answer is a difference', () => {
  const { findings } = judged({ answers: asked(read, 10, (at) => (at === 9 ? 'other' : 'mock')) })
  expect(findings).toMatchObject([
    {
      verdict: 'pass',
      reason: 'within_bound',
      measured: { value: 0, sampleCount: 1 },
      why: 'One tool gave different answers to different questions.',
    },
  ])
})

test('of nine questions nothing is told, and none of them is counted twice', () => {
  const nine = asked(read, 9, same)
  const { findings, notAssessed } = judged({ answers: [...nine, ...nine] })
  expect(findings).toEqual([])
  expect(notAssessed).toMatchObject([{ id: 'tool.constant_answers', window: 'run', why: expect.stringMatching(/10/) }])
})

test('nor where there was no good answer at all', () => {
  expect(judged({ answers: [] })).toMatchObject({ findings: [], notAssessed: [{ id: 'tool.constant_answers' }] })
})

describe('by what a tool says of itself', () => {
  it('that it writes: a fair answer, though it is the same', () => {
    expect(judged({ answers: asked(write, 20, same) })).toMatchObject({ findings: [], notAssessed: [{}] })
    const both = judged({ answers: [...asked(write, 20, same), ...asked(read, 20, own)] })
    expect(both.findings).toMatchObject([{ verdict: 'pass', measured: { value: 0, sampleCount: 1 } }])
  })

  it.each([{ read: null }, {}])('nothing: nobody knows, and it is no pass: %j', (said) => {
    const { findings } = judged({ reads: said, answers: asked(read, 20, same) })
    expect(findings).toMatchObject([
      { verdict: 'unknown', reason: 'constant_answers', measured: { kind: 'value', value: 1 } },
    ])
    expect(findings[0]?.hint).toBe(
      'read does not say whether it only reads (readOnlyHint). Look for mock data. Where it is right, say so in the plan: ' +
        'load.with.tools.read.answers: same.',
    )
  })

  it('the worse of two is told, with both', () => {
    const answers = [...asked(read, 20, same), ...asked(write, 11, same)]
    const [found] = judged({ reads: { read: true, write: null }, answers }).findings
    expect(found).toMatchObject({ verdict: 'fail', measured: { value: 2, sampleCount: 2 } })
    expect(found?.why).toMatch(/^2 tools gave .* 10 and more different questions: read and write, which is no evidence/)
    expect(found?.hint).toMatch(/^write does not say .*tools\.read\.answers: same\.$/)
  })
})

describe('answers that differ only in what was asked, times and ids', () => {
  const alike = (tool: number, facts: number, others = 0) =>
    asked(tool, 20, own).map((row, at) => ({ ...row, rest: at < others ? row.answer : 'name: Jane', facts }))

  it('of a tool that only reads: nobody knows whether they are made up', () => {
    const { findings } = judged({ answers: alike(read, 3) })
    expect(findings).toMatchObject([
      {
        verdict: 'unknown',
        reason: 'constant_answers',
        measured: { value: 1, sampleCount: 1 },
        why:
          'read told the same facts whatever was asked: only what was asked, times and ids differ, which is no evidence ' +
          'that anything works.',
        hint:
          'Look for mock data, or give arguments that find something. Where it is right, say so in the plan: ' +
          'load.with.tools.read.answers: same.',
      },
    ])
  })

  it('with fewer than three facts: an echo, a refusal, or an empty page', () => {
    expect(judged({ answers: alike(read, 2) }).findings).toMatchObject([{ verdict: 'pass', measured: { value: 0 } }])
  })

  it('where one in ten has others: one of its facts was asked by chance', () => {
    expect(judged({ answers: alike(read, 3, 2) }).findings).toMatchObject([{ verdict: 'unknown' }])
    expect(judged({ answers: alike(read, 3, 3) }).findings).toMatchObject([{ verdict: 'pass' }])
  })

  it('by questions, and not by how often each was asked', () => {
    const answers = alike(read, 3, 10)
    const again = answers.slice(-1).flatMap((row) => Array.from({ length: 200 }, () => row))
    expect(judged({ answers: [...answers, ...again] }).findings).toMatchObject([{ verdict: 'pass' }])
  })

  it('of a tool that does not say whether it only reads: told, and no more', () => {
    const { findings } = judged({ reads: {}, answers: alike(read, 3) })
    expect(findings).toMatchObject([
      {
        verdict: 'pass',
        measured: { value: 0 },
        why: expect.stringMatching(/questions\. read told the same facts whatever was asked: only .* differ\.$/),
      },
    ])
  })

  it('beside one that gives a single answer: both are told, and the worse counts', () => {
    const both = { reads: { read: true, write: true }, answers: [...alike(read, 3), ...asked(write, 20, same)] }
    const [found] = judged(both).findings
    expect(found).toMatchObject({ verdict: 'fail', measured: { value: 2 } })
    expect(found?.why).toMatch(/^write gave one and the same .*questions\. read told the same facts/)
  })

  it('of a run of a version that did not look: no more is told than before', () => {
    const folder = readGenerated(calmRun({ reads, answers: alike(read, 3) }))
    const rows = folder.answers?.rows.map((row) => ({ ...row, rest: null, facts: 0 })) ?? []
    const view = new RunView({ ...folder, answers: { states: folder.answers?.states ?? [], rows } })
    expect(judgeAnswers(view).findings).toMatchObject([{ verdict: 'pass' }])
  })
})

test('tools that were asked too little are named beside those that were not', () => {
  const answers = [...asked(read, 20, own), ...asked(write, 9, same)]
  const [found] = judged({ reads: { read: true, write: null }, answers }).findings
  expect(found).toMatchObject({ verdict: 'pass', measured: { sampleCount: 1 } })
  expect(found?.why).toMatch(/ Of write too few different questions were asked to tell\.$/)
})

test('of many tools five are named', () => {
  const tools = Array.from({ length: 8 }, (_, at) => `t${at}`)
  const answers = tools.flatMap((_, tool) => asked(tool, 10, same))
  const [found] = judged({ tools, reads: Object.fromEntries(tools.map((tool) => [tool, true])), answers }).findings
  expect(found?.why).toContain(': t0, t1, t2, t3, t4 and 3 more, which')
  const six = judged({ tools, reads: { t7: true }, answers: answers.filter(({ tool }) => tool < 5) }).findings[0]
  expect(six?.hint).toMatch(/^t0, t1, t2, t3 and t4 do not say/)
})

test.each([
  { why: 'a tool', plan: withWords({ tools: { read: { answers: 'same' } } }) },
  { why: 'an HTTP request', plan: withWords({ requests: { read: { answers: 'same' } } }, { protocol: 'http' }) },
])('the plan may say that it is right: $why', ({ plan }) => {
  expect(judged({ plan, timeline: timelineOf(plan), answers: asked(read, 20, same) })).toMatchObject({
    findings: [],
    notAssessed: [{}],
  })
})

test('the line that says so is that of the protocol', () => {
  const plan = withWords({ requests: { read: {} } }, { protocol: 'http' })
  const [found] = judged({ plan, timeline: timelineOf(plan), answers: asked(read, 20, same) }).findings
  expect(found).toMatchObject({
    verdict: 'fail',
    hint: expect.stringContaining('load.with.requests.read.answers: same'),
  })
})

describe('no evidence is no pass', () => {
  it('a stream that is not there', () => {
    const { reads: _, ...rest } = calmRun({ reads })
    const found = judgeAnswers(new RunView(readGenerated({ ...rest, reads })))
    expect(found.findings).toMatchObject([{ verdict: 'unknown', reason: 'no_samples', measured: { kind: 'none' } }])
    expect(found.findings[0]?.why).toContain('1 of 1 answers streams are not there')
  })

  it('that of a second load instance', () => {
    const plan = withWords({}, { instances: 2 })
    expect(judged({ plan, timeline: timelineOf(plan) }).findings).toMatchObject([
      { verdict: 'unknown', reason: 'no_samples', why: expect.stringContaining('1 of 2') },
    ])
  })

  it('a stream that was cut', () => {
    const told = readGenerated(calmRun({ reads, answers: asked(read, 20, own) }))
    const [state] = told.answers?.states ?? []
    if (told.answers === null || state === undefined) throw new Error('no answers')
    const cut = { ...told.answers, states: [{ ...state, cut: 'it has no end line' }] }
    expect(judgeAnswers(new RunView({ ...told, answers: cut })).findings).toMatchObject([
      { verdict: 'unknown', reason: 'stream_cut', why: expect.stringContaining('answers/k6-1.ndjson') },
    ])
  })

  it('a timeline that was cut', () => {
    const { timeline: _, ...run } = calmRun({ reads, answers: asked(read, 20, own) })
    const found = judgeAnswers(new RunView(readGenerated(run)))
    expect(found.findings).toMatchObject([{ verdict: 'unknown', reason: 'stream_cut' }])
  })

  it('a run of an earlier version has none, and says nothing of it', () => {
    expect(judgeAnswers(new RunView(readGenerated(calmRun())))).toEqual({ findings: [], notAssessed: [] })
  })
})
