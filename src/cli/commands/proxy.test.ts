import { Command } from 'commander'
import { expect, it } from 'vitest'
import type { CliContext } from '../context.ts'
import { proxyCommand } from './proxy.ts'

/** Nothing behind it that could start anything: to begin would throw. */
async function refused(...words: readonly string[]) {
  const out = { stderr: '', exitCode: 0 }
  const context = {
    stderr: (text: string) => {
      out.stderr += text
    },
    setExitCode: (code: number) => {
      out.exitCode = code
    },
  } satisfies Partial<CliContext> as unknown as CliContext
  await new Command().addCommand(proxyCommand(context)).parseAsync(['proxy', ...words], { from: 'user' })
  return out
}

it('refuses what cannot be a proxy before anything is opened, all at once, and repeats no password', async () => {
  const { stderr, exitCode } = await refused(
    ...['--upstream', 'postgres://me:hunter2@db.test', '--listen', 'here', '--name', 'My Proxy'],
  )
  expect(exitCode).toBe(64)
  expect(stderr.split('\n').filter((line) => line !== '')).toEqual([
    expect.stringContaining('--allow-host db.test'),
    expect.stringContaining('--listen'),
    expect.stringContaining('--name'),
  ])
  expect(stderr).not.toContain('hunter2')
})
