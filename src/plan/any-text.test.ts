import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadSample, samplePlan } from './sample-plan.ts'

const lines = samplePlan.split('\n')
const junk = fc.oneof(
  fc.string({ maxLength: 30 }),
  fc.constantFrom(
    'null',
    '[]',
    '{}',
    '  - 1',
    'faults: 3',
    'load: []',
    'objectives: {a: 1}',
    '? {a: b}',
    '!!x y',
    '---',
  ),
  fc.constantFrom(
    '    toString: 1',
    '__proto__: {a: 1}',
    '  phases: [{id: constructor}]',
    'extends: [a]',
    '<<: {a: 1}',
  ),
)

describe('whatever is written in a plan', () => {
  it('gives a plan or problems, never both, never an exception', () => {
    fc.assert(
      fc.property(fc.nat(lines.length - 1), junk, fc.boolean(), fc.boolean(), (at, line, insert, quick) => {
        const text = lines.toSpliced(at, insert ? 0 : 1, line).join('\n')
        const { plan, problems } = loadSample(text, { quick, users: quick ? '17' : null })
        expect(plan === null).toBe(problems.length > 0)
        for (const { expected, received } of problems) expect(`${expected}${received}`).not.toMatch(/undefined|NaN/)
      }),
      { numRuns: 400 },
    )
  })

  it('is refused, not died of, when it is nested beyond reason', () => {
    const { problems } = loadSample(`a: ${'['.repeat(100_000)}`)
    expect(problems.length).toBeGreaterThan(0)
  })
})
