import { Command } from 'commander'
import { expect, it } from 'vitest'
import { fakeCatalogue } from '../../plan/fake-catalogue.ts'
import { loadPlan } from '../../plan/load-plan.ts'
import { sampleWith, textsOf } from '../../plan/sample-plan.ts'
import type { CliContext } from '../context.ts'
import { drillCommand } from './drill.ts'
import { runCommand } from './run.ts'

/** No terminal on stdin, and nothing behind it that could run a plan: to begin would throw. */
async function refused(...words: readonly string[]) {
  const out = { stderr: '', exitCode: 0, loaded: 0 }
  const loadText = textsOf({ byHand: sampleWith('seed: 7', 'drill: {name: failover, mode: manual}') })
  const context = {
    stderr: (text: string) => {
      out.stderr += text
    },
    openLines: null,
    setExitCode: (code: number) => {
      out.exitCode = code
    },
    loadPlan: async (plan, overrides) => {
      out.loaded += 1
      return loadPlan({ plan, loadText, catalogue: fakeCatalogue, overrides })
    },
  } satisfies Partial<CliContext> as unknown as CliContext
  const program = new Command().addCommand(drillCommand(context)).addCommand(runCommand(context))
  await program.parseAsync(words, { from: 'user' })
  return out
}

it('a drill by hand is refused at once where nobody can answer', async () => {
  const { stderr, exitCode, loaded } = await refused('drill', 'failover', '--manual')
  expect([exitCode, loaded]).toEqual([64, 0])
  expect(stderr).toMatch(/^squall: mode manual: received no terminal on stdin/)
})

it('and so is a plan that asks for it', async () => {
  const { stderr, exitCode } = await refused('run', 'byHand')
  expect(exitCode).toBe(64)
  expect(stderr).toMatch(/^squall: mode manual: received no terminal on stdin/)
})
