import { describe, expect, it } from 'vitest'
import { systemClock } from '../record/clock.ts'
import { partByOwner } from './healing.ts'
import { isUndoAction, laneOf, ownerOf, type UndoAction, undo } from './undo.ts'

/** No process has this number (the largest that Linux gives is one less). */
const ended = { pid: 4_194_304, startTicks: '1' }
const proxy = { name: 'db', listen: '127.0.0.1:1', upstream: '127.0.0.1:2' }
const toxiproxy: UndoAction = { kind: 'toxiproxy', apiUrl: 'http://127.0.0.1:1', process: 'toxiproxy', proxy }
const signal: UndoAction = { kind: 'signal', process: ended, signal: 'SIGCONT', name: 'server' }
const database: UndoAction = {
  kind: 'database',
  // Nobody listens there: an attempt to connect is an error, never a success.
  url: 'postgres://squall:secret@127.0.0.1:1/postgres',
  application: 'squall fault locked',
  settings: ['default_transaction_read_only'],
  process: 'primary',
  mark: ended,
}
const command: UndoAction = {
  kind: 'command',
  argv: ['true'],
  cwd: '/',
  env: { PATH: '/usr/bin:/bin' },
  withinMs: 1_000,
  logPath: '/nowhere/hook-heal.log',
}
const setting = { clock: systemClock, callMsMax: 500, runs: () => true, replace: null }

describe('an undo as it is read from disk', () => {
  it.each<[string, unknown, boolean]>([
    ['of a proxy', toxiproxy, true],
    ['of a process', signal, true],
    ['of a process that is nobody’s', { ...signal, name: undefined }, true],
    ['of a database', database, true],
    ['by a command', command, true],
    ['by no command', { ...command, argv: [] }, false],
    ['by a command without its deadline', { ...command, withinMs: undefined }, false],
    ['by a command with an environment of numbers', { ...command, env: { PATH: 1 } }, false],
    ['of a kind that we do not know', { ...database, kind: 'disk' }, false],
    ['without a mark', { ...database, mark: undefined }, false],
    ['of every process there is', { ...signal, process: { pid: -1, startTicks: '1' } }, false],
    ['with another signal', { ...signal, signal: 'SIGKILL' }, false],
    ['without a login', { ...database, url: undefined }, false],
    ['with no list of settings', { ...database, settings: 'all' }, false],
    ['with SQL for a setting', { ...database, settings: ['a"; drop'] }, false],
    ['with a limit of files', { ...signal, openFiles: 1024 }, true],
    ['with a limit of memory', { ...database, memory: 'unlimited' }, true],
    ['with an option for a limit of memory', { ...database, memory: '1 --core=1' }, false],
    ['with no number of files', { ...database, openFiles: 'all' }, false],
    ['nothing', null, false],
  ])('%s', (_, action, isOne) => {
    expect(isUndoAction(JSON.parse(JSON.stringify(action)))).toBe(isOne)
  })
})

describe('what an undo belongs to', () => {
  it.each([
    ['a proxy', toxiproxy, 'toxiproxy', 'http://127.0.0.1:1'],
    ['a process', signal, 'server', 'server'],
    ['a database', database, 'primary', 'primary'],
    ['what a command heals', command, null, 'commands'],
  ] as const)('%s', (_, action, owner, lane) => {
    expect([ownerOf(action), laneOf(action)]).toEqual([owner, lane])
  })

  it('is foreign when no process of the run has its name', () => {
    const undos = [toxiproxy, signal, database].map((action, index) => ({ id: `f${index}`, action }))
    const parts = partByOwner(undos, (name) => name !== 'primary')
    expect([parts.own, parts.foreign].map((some) => some.map(({ id }) => id))).toEqual([['f0', 'f1'], ['f2']])
  })
})

describe('undoing', () => {
  it.each([
    ['a process that has ended', signal],
    ['a database that has ended', database],
  ])('%s: nothing is there to undo', async (_, action) => {
    expect(await undo(action, { ...setting, runs: () => false })).toBe('gone')
  })

  it('a database that runs and does not answer is not undone', async () => {
    await expect(undo(database, setting)).rejects.toThrow('ECONNREFUSED')
  })
})
