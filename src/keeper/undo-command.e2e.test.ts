import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { systemClock } from '../record/clock.ts'
import { clearDeadRuns } from './clear.ts'
import { startKeeper } from './client.ts'
import { type CommandUndo, undoCommand } from './undo-command.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'squall-undo-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const setting = { clock: systemClock, callMsMax: 500, runs: () => false, replace: null }
const shell = (script: string, withinMs = 5_000): CommandUndo => ({
  kind: 'command',
  argv: ['sh', '-c', script],
  cwd: dir,
  env: { WHAT: 'it' },
  withinMs,
  logPath: join(dir, 'logs', 'hook-heal.log'),
})
const exists = (name: string): boolean => existsSync(join(dir, name))

it('is done when it ends with 0, with its environment, folder and log', async () => {
  expect(await undoCommand(shell('echo mends $WHAT; echo aloud >&2; touch mended'), setting)).toBe('undone')
  expect(exists('mended')).toBe(true)
  expect(readFileSync(join(dir, 'logs', 'hook-heal.log'), 'utf8')).toBe('mends it\naloud\n')
})

it('is not done when it ends otherwise, and its last lines tell why', async () => {
  await expect(undoCommand(shell('echo no such cluster >&2; exit 3'), setting)).rejects.toThrow(
    /^sh: code 3; .*hook-heal\.log: no such cluster$/,
  )
  const absent = { ...shell(''), argv: ['/nowhere/mend'] }
  await expect(undoCommand(absent, setting)).rejects.toThrow('/nowhere/mend cannot be started: ENOENT')
})

it('is ended at its deadline, with all that it started', async () => {
  const stubborn = shell('trap "" TERM; (sleep 3; touch later) & sleep 60', 300)
  await expect(undoCommand(stubborn, setting)).rejects.toThrow('no end within 0.3 s')
  await systemClock.sleep(3_500)
  expect(exists('later')).toBe(false)
})

it('asked for twice at once runs once', async () => {
  const undo = shell('echo mends; sleep 0.3')
  await Promise.all([undoCommand(undo, setting), undoCommand(undo, setting)])
  expect(readFileSync(join(dir, 'logs', 'hook-heal.log'), 'utf8')).toBe('mends\n')
})

it('a run’s end stops its hooks, heals while its processes still run, and only then ends them', async () => {
  await using keeper = await startKeeper({
    stateFolder: join(dir, 'state', 'runs', 'a'),
    logPath: join(dir, 'keeper.log'),
  })
  const spawn = (name: string, script: string) =>
    keeper.spawn({
      name,
      argv: ['sh', '-c', script],
      cwd: dir,
      env: { PATH: process.env.PATH ?? '' },
      logPath: join(dir, 'x.log'),
    })
  const { pid: node } = await spawn('primary', 'sleep 60')
  const { pid: harm } = await spawn('hook:inject', 'sleep 60')
  await keeper.recordUndo('closed', shell(`sleep 0.5; kill -0 ${node} && ! kill -0 ${harm} && touch mended`))
  await keeper.endAll()
  expect(exists('mended')).toBe(true)
  expect(exists('state/runs/a')).toBe(false)
})

it('one that fails stays on disk and is told, until it goes well by hand', async () => {
  const stateDir = join(dir, 'state')
  const keeper = await startKeeper({ stateFolder: join(stateDir, 'runs', 'b'), logPath: join(dir, 'keeper.log') })
  await keeper.recordUndo('closed', shell('test -e allowed && touch mended'))
  await expect(keeper.endAll()).rejects.toThrow(/the fault closed is not undone: sh: code 1/)
  await keeper.gone
  await undoCommand(shell('touch allowed'), setting)
  const [cleared] = await clearDeadRuns(stateDir)
  expect(cleared).toMatchObject({ healed: [{ id: 'closed', how: 'undone' }], problems: [] })
  expect(exists('mended')).toBe(true)
})
