import { Command } from 'commander'
import { expect, test } from 'vitest'
import type { CliContext } from '../context.ts'
import { drillCommand } from './drill.ts'

/** What it said, and its exit code; a plan that is asked for is told, and has problems. */
async function run(...words: readonly string[]) {
  const out = { stderr: '', exitCode: 0, plans: [] as string[] }
  const context: CliContext = {
    stdout: () => undefined,
    stderr: (text) => {
      out.stderr += text
    },
    isTerminal: false,
    openLines: null,
    clock: { monotonicUs: () => 0, wallUnixUs: () => 0, sleep: () => Promise.resolve() },
    setExitCode: (code) => {
      out.exitCode = code
    },
    catalogue: () => Promise.reject(new Error('not asked')),
    loadPlan: (plan) => {
      out.plans.push(plan)
      const problem = { path: 'stack', received: 'x', expected: 'y', line: null, file: null }
      return Promise.resolve({ plan: null, problems: [problem], advice: [] })
    },
    interrupt: new AbortController().signal,
  }
  const program = new Command().addCommand(drillCommand(context))
  await program.parseAsync(['drill', ...words], { from: 'user' })
  return out
}

test.each([
  [[], /received no drill, expected the name of one or more \(failover, .*\), or --all/],
  [['fail-over', 'nobody'], /received the drill fail-over, .*\n.*received the drill nobody/],
  [['--all', 'failover'], /received --all and failover, expected one or the other/],
])('%j is told, and nothing begins', async (words, told) => {
  const { stderr, exitCode, plans } = await run(...words)
  expect(stderr).toMatch(told)
  expect([exitCode, plans]).toEqual([64, []])
})

test('a drill is a plan of its name', async () => {
  expect((await run('failover')).plans).toEqual(['drill:failover'])
})
