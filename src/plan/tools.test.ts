import { describe, expect, test } from 'vitest'
import { fakeCatalogue } from './fake-catalogue.ts'
import { loadPlan } from './load-plan.ts'
import { noOverrides } from './overrides.ts'
import { loadSample, sampleWith, textsOf } from './sample-plan.ts'

/** The sample with a workload that has no tools of its own, and these. */
function withTools(tools: string) {
  const load = `workload: echo\n  with: {tools: ${tools}}`
  return loadSample(sampleWith('workload: customer-success', load))
}

describe('tools of a plan', () => {
  test('all that can be said of one', () => {
    const { plan, problems } = withTools(
      `{find: {weight: 4, arguments: [{q: a}, {q: b, n: null}], success: {at: /state, is: [ok, 1]}, expected: [not_found]},
        get: {arguments: {id: "{id}"}, from: {answer: find, at: /hits}, failed: {at: /error, present: true}},
        list: {from: {file: rows.csv}}, ask: {from: {query: select 1}}, off: {weight: 0}}`,
    )
    expect(problems).toEqual([])
    expect(plan?.load.with.tools).toMatchObject({
      find: {
        weight: 4,
        arguments: [{ q: 'a' }, { q: 'b', n: null }],
        from: null,
        rules: { success: { at: '/state', test: { kind: 'is', values: ['ok', 1] } }, failed: null },
        expected: ['not_found'],
      },
      get: {
        weight: 1,
        arguments: [{ id: '{id}' }],
        from: { kind: 'answer', tool: 'find', at: '/hits' },
        rules: { failed: { at: '/error', test: { kind: 'present', present: true } } },
      },
      list: { from: { kind: 'file', file: 'sample.yaml/rows.csv', sha256: 'a1' }, arguments: [] },
      ask: { from: { kind: 'query', query: 'select 1' } },
      off: { weight: 0 },
    })
  })

  test.each([
    { why: 'an unknown key', tools: '{a: {wieght: 1}}', path: 'load.with.tools.a.wieght', says: 'did you mean weight' },
    {
      why: 'arguments that are no map',
      tools: '{a: {arguments: [1]}}',
      path: 'load.with.tools.a.arguments[0]',
      says: 'a map',
    },
    { why: 'two sources', tools: '{a: {from: {file: x, query: y}}}', path: 'load.with.tools.a.from', says: '{file:' },
    { why: 'no source', tools: '{a: {from: {at: /x}}}', path: 'load.with.tools.a.from', says: '{file:' },
    {
      why: 'a pointer that is none',
      tools: '{a: {failed: {at: x, is: 1}}}',
      path: 'load.with.tools.a.failed.at',
      says: 'JSON Pointer',
    },
    {
      why: 'a rule of two',
      tools: '{a: {failed: {at: /x, is: 1, present: true}}}',
      path: 'load.with.tools.a.failed',
      says: 'one of is',
    },
    {
      why: 'a rule on a map',
      tools: '{a: {failed: {at: /x, is: {b: 1}}}}',
      path: 'load.with.tools.a.failed.is',
      says: 'a text',
    },
    {
      why: 'a source that there is not',
      tools: '{list: {}, get: {from: {answer: lits}}}',
      path: 'load.with.tools.get.from.answer',
      says: 'did you mean list',
    },
    {
      why: 'a source that is off',
      tools: '{list: {weight: 0}, get: {from: {answer: list}}}',
      path: 'load.with.tools.get.from.answer',
      says: 'weight above 0',
    },
    {
      why: 'a circle',
      tools: '{a: {from: {answer: b}}, b: {from: {answer: a}}}',
      path: 'load.with.tools.a.from.answer',
      says: 'do not come from a',
    },
    {
      why: 'a file that is not there',
      tools: '{a: {from: {file: lost.csv}}}',
      path: 'load.with.tools.a.from.file',
      says: 'lost.csv: there is none',
    },
    {
      why: 'a file without a field of the arguments',
      tools: '{a: {arguments: [{n: "{id}"}, {n: "{name}"}], from: {file: rows.csv}}}',
      path: 'load.with.tools.a.from.file',
      says: 'row 1: nothing is called name there; there is id',
    },
    { why: 'nothing that is called', tools: '{a: {weight: 0}}', path: 'load.with.tools', says: 'at least one tool' },
  ])('$why is refused', ({ tools, path, says }) => {
    const { plan, problems } = withTools(tools)
    expect(plan).toBeNull()
    expect(problems).toContainEqual(expect.objectContaining({ path, expected: expect.stringContaining(says) }))
  })

  test('a query needs a database in the plan, which --database puts there', () => {
    const text = sampleWith(
      'workload: customer-success',
      'workload: echo\n  with: {tools: {ask: {from: {query: select 1}}, off: {weight: 0, from: {query: select 2}}}}',
    ).replace(/^faults:.*/ms, '')
    const target = 'http://127.0.0.1:8080/mcp'
    expect(loadSample(text).problems).toEqual([])
    expect(loadSample(text, { target }).problems).toMatchObject([
      { path: 'load.with.tools.ask.from.query', received: 'select 1', expected: expect.stringContaining('--database') },
    ])
    expect(loadSample(text, { target, database: 'postgres://app@127.0.0.1/app' }).problems).toEqual([])
  })

  test('the file of a tool that is off is not looked for', () => {
    expect(withTools('{a: {}, off: {weight: 0, from: {file: lost.csv}}}').problems).toEqual([])
  })

  test('a file counts from the plan that names it, in a chain of plans too, and by a flag from where one is', () => {
    const base = sampleWith(
      'workload: customer-success',
      'workload: echo\n  with: {tools: {a: {from: {file: rows.csv}}}}',
    )
    const texts = { 'there/base.yaml': base, 'x.yaml': 'squall: 1\nname: x\nextends: there/base.yaml' }
    const fileWith = (set: readonly string[]) => {
      const overrides = { ...noOverrides, set }
      const { plan } = loadPlan({ plan: 'x.yaml', loadText: textsOf(texts), catalogue: fakeCatalogue, overrides })
      return plan?.load.with.tools
    }
    expect(fileWith([])).toMatchObject({ a: { from: { file: 'there/base.yaml/rows.csv' } } })
    const set = 'load.with.tools.a.from.file=rows.csv'
    expect(fileWith([set])).toMatchObject({ a: { from: { file: 'flag/rows.csv' } } })
  })

  test('a workload without tools needs some', () => {
    const { problems } = loadSample(sampleWith('workload: customer-success', 'workload: echo'))
    expect(problems).toMatchObject([{ path: 'load.with' }])
  })
})
