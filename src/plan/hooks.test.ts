import { describe, expect, it } from 'vitest'
import { loadSample, sampleWith } from './sample-plan.ts'

const withHooks = (hooks: string, supervisor = '') =>
  sampleWith('  links:', `  hooks: ${hooks}\n${supervisor === '' ? '' : `  supervisor: ${supervisor}\n`}  links:`)

const problemsOf = (text: string) =>
  loadSample(text).problems.map(({ path, received, expected }) => [path, received, expected])

const both = '{inject: {command: [break-it, "{primary}"]}, heal: {command: [mend-it], within: 2 min}}'
const hooked = '  - {id: own, fault: hooked, on: primary, start: {phase: steady, at: 80 s}, for: 10 s}\nobserve:'

describe('hooks', () => {
  it('are commands with a deadline; half a minute, here and with our environment unless it is said', () => {
    const { plan, problems } = loadSample(
      withHooks(
        '{act: {command: [go, --now], cwd: /srv, env: {REGION: eu-1, TRIES: 3}}, verify: {command: [look]}}',
        '{act: {after: 2 s}}',
      ),
    )
    expect(problems).toEqual([])
    expect(plan?.stack.hooks).toEqual({
      act: { command: ['go', '--now'], withinMs: 30_000, cwd: '/srv', env: { REGION: 'eu-1', TRIES: '3' } },
      verify: { command: ['look'], withinMs: 30_000, cwd: null, env: {} },
    })
    expect(plan?.stack.supervisor).toEqual({
      restartAfterMs: null,
      promoteAfterMs: null,
      fences: false,
      actAfterMs: 2_000,
    })
  })

  it('are absent from a plan that has none, or takes away what it inherits', () => {
    for (const none of ['{}', '{act: null}'])
      expect(loadSample(withHooks(none)).plan?.stack).not.toHaveProperty('hooks')
  })

  it.each([
    ['{verify: look}', 'stack.hooks.verify', /keys: command, within, cwd, env/],
    ['{verify: {command: look}}', 'stack.hooks.verify.command', /a list/],
    ['{verify: {command: []}}', 'stack.hooks.verify.command', /at least 1/],
    ['{verify: {command: [look, 3]}}', 'stack.hooks.verify.command[1]', /a text/],
    ['{verify: {command: [look], within: 500 ms}}', 'stack.hooks.verify.within', /1 s to 10 min/],
    ['{verify: {command: [look], within: 11 min}}', 'stack.hooks.verify.within', /1 s to 10 min/],
    ['{verify: {command: [look], env: {a-b: x}}}', 'stack.hooks.verify.env.a-b', /letters, digits and _/],
    ['{mend: {command: [look]}}', 'stack.hooks.mend', /inject, act, verify, heal/],
    ['{act: {command: [go]}}', 'stack.hooks.act', /supervisor: \{act: \{after: 2 s\}\}/],
  ])('%s is told', (hooks, path, expected) => {
    expect(problemsOf(withHooks(hooks))).toEqual([[path, expect.anything(), expect.stringMatching(expected)]])
  })

  it('act as soon as the supervisor says, and nobody else does beside', () => {
    expect(problemsOf(withHooks('{}', '{act: {after: 2 s}}'))).toEqual([
      ['stack.supervisor.act', expect.anything(), expect.stringContaining('hooks: {act:')],
    ])
    expect(problemsOf(withHooks('{act: {command: [go]}}', '{act: {after: 2 s}, restart: {after: 1 s}}'))).toEqual([
      ['stack.supervisor.restart', expect.anything(), expect.stringContaining('either your own hook acts')],
    ])
  })
})

describe('a fault that is made by hooks', () => {
  const planOf = (hooks: string) => withHooks(hooks).replace('observe:', hooked)

  it('needs inject and heal', () => {
    expect(problemsOf(planOf(both))).toEqual([])
    expect(problemsOf(planOf('{}'))).toEqual([
      ['faults[2]', expect.anything(), expect.stringMatching(/^stack.hooks.inject and stack.hooks.heal/)],
    ])
    expect(problemsOf(planOf('{inject: {command: [break-it]}}'))).toEqual([
      ['faults[2]', expect.anything(), expect.stringMatching(/^stack.hooks.heal: /)],
    ])
  })
})
