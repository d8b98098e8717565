import { expect, it } from 'vitest'
import { loadSample, sampleWith } from './sample-plan.ts'

const withOwn = (own: string) => sampleWith('primary: {role: postgres}', `primary: {role: postgres, own: ${own}}`)

it.each([
  ['{application: shop}', { applications: ['shop'], users: [], addresses: [], max: null }],
  [
    '{application: [shop, "worker-*"], user: app, address: [10.0.0.0/8, "::1"], max: 15}',
    { applications: ['shop', 'worker-*'], users: ['app'], addresses: ['10.0.0.0/8', '::1'], max: 15 },
  ],
])('the sessions of the system are those that fit %s', (own, expected) => {
  const { plan, problems } = loadSample(withOwn(own))
  expect(problems).toEqual([])
  expect(plan?.stack.nodes.primary?.own).toEqual(expected)
})

it('are all but our own where the plan says nothing', () => {
  expect(loadSample(withOwn('null')).plan?.stack.nodes.primary).not.toHaveProperty('own')
})

it.each([
  ['{address: db.test}', 'own.address', /10\.0\.0\.0\/8/],
  ['{address: 10.0.0.0/33}', 'own.address', /10\.0\.0\.0\/8/],
  ['{address: [10.0.0.1/8/8]}', 'own.address[0]', /10\.0\.0\.0\/8/],
  ['{application: []}', 'own.application', /at least 1/],
  ['{max: 0}', 'own.max', /1\.\./],
  ['{role: app}', 'own.role', /application, user, address, max/],
])('%s is refused', (own, path, expected) => {
  expect(loadSample(withOwn(own)).problems.map((problem) => [problem.path, problem.expected])).toEqual([
    [`stack.nodes.primary.${path}`, expect.stringMatching(expected)],
  ])
})
