import { describe, expect, it } from 'vitest'
import { loadSample, sampleWith } from './sample-plan.ts'

const withWords = (words: string, workload = 'customer-success') =>
  loadSample(sampleWith('workload: customer-success', `workload: ${workload}\n  with: ${words}`))
const told = ({ problems }: ReturnType<typeof loadSample>) =>
  problems.map(({ path, expected }) => [path, expected] as const)

describe('a tool that may answer the same whatever it is asked', () => {
  it.each([
    ['{answers: same}', { weight: 9, answers: 'same' }],
    ['{answers: same, weight: 2}', { weight: 2, answers: 'same' }],
    ['{weight: 2}', { weight: 2 }],
  ])('of a workload with tools of its own: %s', (words, expected) => {
    const { plan, problems } = withWords(`{tools: {get_customer: ${words}}}`)
    expect(problems).toEqual([])
    expect(plan?.load.with).toEqual({ tools: { get_customer: expected } })
  })

  it('of a workload whose tools stand in the plan', () => {
    const { plan } = withWords('{tools: {a: {answers: same}, b: {}}}', 'echo')
    expect(plan?.load.with.tools).toMatchObject({ a: { weight: 1, answers: 'same' } })
    expect(plan?.load.with.tools).not.toHaveProperty('b.answers')
  })

  it.each([
    ['{tools: {get_customer: {answers: different}}}', 'answers', /^same, of a tool that may/],
    ['{tools: {get_customer: {}}}', 'weight', /required/],
  ])('%s is refused', (words, key, expected) => {
    expect(told(withWords(words))).toEqual([[`load.with.tools.get_customer.${key}`, expect.stringMatching(expected)]])
  })
})

describe('a database that the server has no use for', () => {
  const withNode = (node: string) => loadSample(sampleWith('primary: {role: postgres}', `primary: ${node}`))

  it('is said to be so', () => {
    const { plan, problems } = withNode('{role: postgres, unused: true}')
    expect(problems).toEqual([])
    expect(plan?.stack.nodes.primary?.unused).toBe(true)
    expect(withNode('{role: postgres}').plan?.stack.nodes.primary).not.toHaveProperty('unused')
  })

  it('is not said otherwise', () => {
    expect(told(withNode('{role: postgres, unused: false}'))).toEqual([
      ['stack.nodes.primary.unused', expect.stringMatching(/^true: /)],
    ])
  })

  it('is a database', () => {
    const loaded = loadSample(sampleWith('server: {role: mcp}', 'server: {role: mcp, unused: true}'))
    expect(told(loaded)).toEqual([['stack.nodes.server.unused', expect.stringContaining('postgres')]])
  })
})
