import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { fakeCatalogue } from '../../plan/fake-catalogue.ts'
import { loadPlan } from '../../plan/load-plan.ts'
import { samplePlan, sampleWith, textsOf } from '../../plan/sample-plan.ts'
import type { CliContext } from '../context.ts'
import { listCommand } from './list.ts'
import { validateCommand } from './validate.ts'

interface Ran {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

/** Runs a command on the sample plan under the name `sample`, and a broken one under `broken`. */
async function run(...words: readonly string[]): Promise<Ran> {
  const out = { stdout: '', stderr: '', exitCode: 0 }
  const loadText = textsOf({ sample: samplePlan, broken: sampleWith('pace: 10 s', 'pase: 10 s') })
  const context: CliContext = {
    stdout: (text) => {
      out.stdout += text
    },
    stderr: (text) => {
      out.stderr += text
    },
    isTerminal: false,
    openLines: null,
    clock: { monotonicUs: () => 0, wallUnixUs: () => 0, sleep: () => Promise.resolve() },
    setExitCode: (code) => {
      out.exitCode = code
    },
    catalogue: () => Promise.resolve(fakeCatalogue),
    loadPlan: (plan, overrides) => Promise.resolve(loadPlan({ plan, loadText, catalogue: fakeCatalogue, overrides })),
    interrupt: new AbortController().signal,
  }
  const program = new Command().addCommand(validateCommand(context)).addCommand(listCommand(context))
  await program.parseAsync(words, { from: 'user' })
  return out
}

describe('squall validate', () => {
  it('shows what runs when, and the advice', async () => {
    const { stdout, stderr, exitCode } = await run('validate', 'sample')
    expect([stderr, exitCode]).toEqual(['', 0])
    expect(stdout).toBe(`sample: valid
2 min · 100 users of customer-success with a call every 10 s each · preset remediated · 3 judged objectives · seed 7

  from  to     id       what
  0 s   20 s   warm-up  0 → 100 users, not judged
  20 s  120 s  steady   100 users
  30 s  50 s     slow   latency on db (delay 34 ms, jitter 0 ms, share 1, bytes 64 KiB, pace 10/s, count 1, side down, hard false), recovery until 70 s
  75 s  95 s     gone   down on db, no recovery

Advice (changes no verdict):
  warning acquire-outlives-tool at stack.nodes.server.env.POOL_ACQUIRE_TIMEOUT_MS
    a caller may wait 1 min for a connection, but its tool gives up after 30 s: an exhausted pool will show as tool time-outs, never as the pool's own error
`)
  })

  it('tells all problems on stderr and ends with 64', async () => {
    const { stdout, stderr, exitCode } = await run('validate', 'broken')
    expect([stdout, exitCode]).toEqual(['', 64])
    expect(stderr).toMatch(/^broken: 2 problems\n/)
    expect(stderr).toMatch(/broken:13 +load\.pase +got the unknown key pase; .*did you mean pace\?/)
    expect(stderr).toMatch(/load\.pace +got nothing/)
  })

  it('puts nothing but JSON on stdout with --json, valid or not', async () => {
    const right = await run('validate', 'sample', '--json', '--quick', '--users', '10')
    expect(JSON.parse(right.stdout)).toMatchObject({ valid: true, problems: [], plan: { quick: true } })
    const wrong = await run('validate', 'broken', '--json')
    expect(JSON.parse(wrong.stdout)).toMatchObject({ valid: false, plan: null })
    expect([wrong.stderr, wrong.exitCode]).toEqual(['', 64])
  })
})

describe('squall list', () => {
  it('shows one kind', async () => {
    const { stdout } = await run('list', 'presets')
    expect(stdout).toMatch(/^presets\n {2}as-assessed {2}/)
    expect(stdout).not.toMatch(/faults/)
  })

  it('shows the parameters of faults with bounds and defaults, in units', async () => {
    const { stdout } = await run('list', 'faults')
    expect(stdout).toContain('delay (1 ms to 30 s, required), jitter (0 ms to 5 s, default 0 ms)')
    expect(stdout).toContain('side (up or down, default down)')
  })

  it.each([
    ['latency', 'links'],
    ['crash', 'nodes'],
    ['locked', 'databases'],
  ])('shows what %s acts on: %s', async (fault, on) => {
    const { stdout } = await run('list', 'faults')
    expect(stdout).toMatch(new RegExp(`^ +${fault} +on ${on} `, 'm'))
  })

  it('gives all kinds as JSON', async () => {
    const { stdout } = await run('list', '--json')
    expect(Object.keys(JSON.parse(stdout))).toEqual([
      'schemaVersion',
      'plans',
      'workloads',
      'faults',
      'drills',
      'measures',
      'mappings',
      'presets',
    ])
  })

  it('gives programs numbers, not the words of the table', async () => {
    const { faults } = JSON.parse((await run('list', '--json')).stdout)
    const { minimumForMs, parameters } = fakeCatalogue.faults.get('locked') ?? {}
    expect(faults).toContainEqual(
      expect.objectContaining({ name: 'locked', on: 'node', roles: ['postgres'], minimumForMs, parameters }),
    )
  })
})
