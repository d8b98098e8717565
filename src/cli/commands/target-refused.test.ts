import { Socket } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { planFolder } from '../../plan/folder.ts'
import { loadPlan } from '../../plan/load-plan.ts'
import { assets } from '../assets.ts'
import { readCatalogue } from '../catalogue.ts'
import type { CliContext } from '../context.ts'
import { gateCommand } from './gate.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

test('--target on another machine, not allowed, is exit 64 and opens no socket', async () => {
  const connecting = vi.spyOn(Socket.prototype, 'connect')
  const told: string[] = []
  const codes: number[] = []
  const catalogue = await readCatalogue()
  const loadText = planFolder(assets.plans, process.cwd())
  const context = {
    stderr: (text: string) => told.push(text),
    setExitCode: (code: number) => codes.push(code),
    loadPlan: async (plan: string, overrides: never) => loadPlan({ plan, loadText, catalogue, overrides }),
  } as unknown as CliContext
  const run = (...args: string[]) => gateCommand(context).parseAsync(['launch-gate', ...args], { from: 'user' })
  await run('--target', 'http://192.0.2.1:9/mcp')
  await run('--target', 'http://192.0.2.1:9/mcp', '--allow-host', '192.0.2.2')
  await run('--target', 'http://127.0.0.1.example.test/mcp')
  expect(codes).toEqual([64, 64, 64])
  expect(told.join('')).toContain('--allow-host 192.0.2.1')
  expect(connecting).not.toHaveBeenCalled()
})
