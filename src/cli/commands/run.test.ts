import { expect, it } from 'vitest'
import type { CliContext } from '../context.ts'
import { gateCommand } from './gate.ts'
import { runCommand } from './run.ts'

const flagsOf = (make: (context: CliContext) => ReturnType<typeof runCommand>) =>
  make({} as CliContext).options.map(({ long }) => long)

it('`run` judges nothing and asks nothing, so it offers neither --json nor --yes', () => {
  expect(flagsOf(runCommand)).not.toContain('--json')
  expect(flagsOf(runCommand)).not.toContain('--yes')
})

it('`gate` takes all that `run` takes, and both', () => {
  expect(flagsOf(gateCommand)).toEqual(expect.arrayContaining([...flagsOf(runCommand), '--json', '--yes']))
})
