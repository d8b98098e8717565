import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from '../record/clock.ts'
import { clearDeadRuns, endKeptRun, healKeptRun, listOpenRuns, type OpenRun } from './clear.ts'
import { type KeeperClient, startKeeper } from './client.ts'
import { markName } from './ending.ts'
import { keeperStartMsMax } from './limits.ts'
import { isRunning, readProcess, runningTrees, runningWithVariable } from './process-table.ts'
import type { ExitEvent, SpawnSpec } from './protocol.ts'
import { readRecord, readUndos } from './state-folder.ts'

let dir: string
let stateDir: string

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'squall-keeper-'))
  stateDir = join(dir, 'state')
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await clearDeadRuns(stateDir)
  rmSync(dir, { recursive: true, force: true })
})

const stateFolderOf = (runId: string): string => join(stateDir, 'runs', runId)

function start(runId: string): Promise<KeeperClient> {
  return startKeeper({ stateFolder: stateFolderOf(runId), logPath: join(dir, 'keeper.log') })
}

function specOf(name: string, script: string): SpawnSpec {
  const env = { PATH: process.env.PATH ?? '' }
  return { name, argv: ['sh', '-c', script], cwd: '/', env, logPath: join(dir, `${name}.log`) }
}

function openRun(runId: string): OpenRun {
  const run = listOpenRuns(stateDir).find((one) => one.runId === runId)
  if (run === undefined) throw new Error(`no run ${runId}`)
  return run
}

const strays = (runId: string): number => runningWithVariable(markName, stateFolderOf(runId)).length

describe('the keeper', () => {
  it('starts a process in a session of its own, with its log, and tells how it ended', async () => {
    await using keeper = await start('a')
    const exits: ExitEvent[] = []
    keeper.onExited((event) => exits.push(event))
    const fromUs = systemClock.monotonicUs()
    const { pid } = await keeper.spawn(specOf('one', 'echo out; echo err >&2; sleep 0.2; exit 3'))
    expect(readProcess(pid)).toMatchObject({ groupId: pid, parentPid: keeper.pid })
    await expect.poll(() => exits.length).toBe(1)
    expect(exits[0]).toMatchObject({ name: 'one', pid, code: 3, signal: null, planned: false })
    expect(exits[0]?.monotonicUs).toBeGreaterThan(fromUs + 200_000)
    expect(exits[0]?.monotonicUs).toBeLessThanOrEqual(systemClock.monotonicUs())
    expect(readFileSync(join(dir, 'one.log'), 'utf8')).toBe('out\nerr\n')
  })

  it('ends a process that does not want to, with a daemon that it left', async () => {
    await using keeper = await start('b')
    const exits: ExitEvent[] = []
    keeper.onExited((event) => exits.push(event))
    // The inner shell ends, so that the sleeper is nobody's child and in a session of its own.
    await keeper.spawn(specOf('stubborn', 'trap "" TERM; (setsid sleep 300 &); while :; do sleep 0.1; done'))
    await expect.poll(() => strays('b')).toBeGreaterThanOrEqual(2)
    // The shell's trap is set before it starts the sleeper.
    await systemClock.sleep(200)
    expect(await keeper.stop('stubborn', { signal: 'SIGTERM', graceMs: 200 })).toEqual({ wentByItself: false })
    expect(exits).toMatchObject([{ name: 'stubborn', signal: 'SIGKILL', planned: true }])
    await keeper.endAll()
    expect(strays('b')).toBe(0)
    expect(existsSync(stateFolderOf('b'))).toBe(false)
  })

  it('refuses what it cannot do, by kind', async () => {
    await using keeper = await start('c')
    await expect(keeper.spawn({ ...specOf('x', ''), argv: ['/nowhere/program'] })).rejects.toMatchObject({
      kind: 'spawn_failed',
      code: 'ENOENT',
      message: expect.stringContaining('/nowhere/program'),
    })
    await keeper.spawn(specOf('twice', 'sleep 60'))
    await expect(keeper.spawn(specOf('twice', 'sleep 60'))).rejects.toMatchObject({ kind: 'bad_request' })
    await expect(keeper.signal('nobody', 'SIGTERM', { planned: true, tree: false })).rejects.toMatchObject({
      kind: 'bad_request',
    })
    await expect(keeper.removeAtEnd('/usr')).rejects.toMatchObject({ kind: 'bad_request' })
    await expect(start('c')).rejects.toMatchObject({ kind: 'bad_request' })
    expect(readRecord(stateFolderOf('c'))?.processes).toMatchObject([{ name: 'twice', program: 'sh' }])
  })

  it('writes an undo before it answers, and refuses the fault when it cannot', async () => {
    await using keeper = await start('d')
    const action = { kind: 'signal', process: { pid: process.pid, startTicks: '0' }, signal: 'SIGCONT' } as const
    await keeper.recordUndo('f', action)
    expect(readUndos(stateFolderOf('d'))).toEqual({ undos: [{ id: 'f', action }], damaged: [] })
    await keeper.undone('f')
    expect(readUndos(stateFolderOf('d')).undos).toEqual([])
    rmSync(join(stateFolderOf('d'), 'undo'), { recursive: true })
    writeFileSync(join(stateFolderOf('d'), 'undo'), 'in the way')
    await expect(keeper.recordUndo('f', action)).rejects.toMatchObject({
      kind: 'state_not_written',
      hint: expect.stringContaining('SQUALL_STATE'),
    })
    rmSync(join(stateFolderOf('d'), 'undo'))
  })

  it('reaches all that descends from a process, whatever session it is in, and lets all of it go on', async () => {
    await using keeper = await start('j')
    const { pid, startTicks } = await keeper.spawn(specOf('tree', 'setsid sleep 301 & while :; do sleep 0.05; done'))
    const own = (): readonly number[] => runningTrees([{ pid, startTicks }]).map((row) => row.pid)
    const isSleeper = (one: number): boolean => readFileSync(`/proc/${one}/cmdline`, 'utf8').includes('sleep\x00301')
    await expect.poll(() => own().some(isSleeper)).toBe(true)
    const sleeper = own().find(isSleeper) ?? 0
    const state = (one: number): string => readFileSync(`/proc/${one}/stat`, 'utf8').split(') ')[1]?.[0] ?? ''
    const mark = { pid, startTicks }
    await keeper.recordUndo('pause', { kind: 'signal', process: mark, signal: 'SIGCONT', name: 'tree' })
    await keeper.signal('tree', 'SIGSTOP', { planned: false, tree: true })
    await expect.poll(() => [state(pid), state(sleeper)]).toEqual(['T', 'T'])
    expect(await keeper.heal()).toEqual([{ id: 'pause', how: 'undone', why: null }])
    await expect.poll(() => [state(pid), state(sleeper)].join('')).toMatch(/[SR]{2}/)
    const all = own().map(readProcess)
    await keeper.signal('tree', 'SIGKILL', { planned: true, tree: true })
    expect(
      all.filter((row) => row !== undefined && isRunning(row)),
      'gone when it answers',
    ).toEqual([])
  })

  it('kills what a process has started in that very moment as well', async () => {
    await using keeper = await start('k')
    // As a database forks for each connection: the children's environment alone tells afterwards whose they were.
    const forking = 'while :; do setsid sleep 302 & done'
    for (let turn = 0; turn < 15; turn += 1) {
      await keeper.spawn(specOf(`forking-${turn}`, forking))
      await new Promise((resolve) => setTimeout(resolve, 20 + 7 * turn))
      await keeper.signal(`forking-${turn}`, 'SIGKILL', { planned: true, tree: true })
      expect(strays('k'), `turn ${turn}`).toBe(0)
    }
  })

  it('lets a stopped process go on', async () => {
    await using keeper = await start('e')
    const { pid, startTicks } = await keeper.spawn(specOf('sleeper', 'while :; do sleep 0.05; done'))
    const state = (): string => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.[0] ?? ''
    await keeper.recordUndo('pause', { kind: 'signal', process: { pid, startTicks }, signal: 'SIGCONT' })
    await keeper.signal('sleeper', 'SIGSTOP', { planned: false, tree: false })
    await expect.poll(state).toBe('T')
    expect(await keeper.heal()).toEqual([{ id: 'pause', how: 'undone', why: null }])
    await expect.poll(state).toMatch(/[SR]/)
    expect(await keeper.heal()).toEqual([])
  })
})

describe('a keeper that dies', () => {
  it('is told, and what it kept is cleared by hand at the end', async () => {
    const keeper = await start('f')
    const { pid, startTicks } = await keeper.spawn(specOf('orphan', 'sleep 300'))
    const data = join(dir, 'data', 'f')
    await keeper.removeAtEnd(data)
    mkdirSync(data, { recursive: true })
    process.kill(keeper.pid, 'SIGKILL')
    expect(await keeper.gone).toMatchObject({ planned: false, signal: 'SIGKILL' })
    await expect(keeper.heal()).rejects.toMatchObject({ kind: 'gone' })
    expect(isRunning({ pid, startTicks })).toBe(true)
    await keeper.endAll()
    expect([isRunning({ pid, startTicks }), existsSync(data), existsSync(stateFolderOf('f'))]).toEqual([
      false,
      false,
      false,
    ])
  })

  it('and whose record cannot be read: what it kept is found by its mark', async () => {
    const keeper = await start('j')
    const { pid, startTicks } = await keeper.spawn(specOf('orphan', 'sleep 300'))
    process.kill(keeper.pid, 'SIGKILL')
    await keeper.gone
    writeFileSync(join(stateFolderOf('j'), 'keeper.json'), '{"format":')
    await keeper.endAll()
    expect([isRunning({ pid, startTicks }), existsSync(stateFolderOf('j'))]).toEqual([false, false])
  })

  it('of what it meets while it ends the run leaves nothing running, and does not go around in a circle', async () => {
    const keeper = await start('k')
    const { pid, startTicks } = await keeper.spawn(specOf('left', 'sleep 300'))
    const undo = join(stateFolderOf('k'), 'undo')
    rmSync(undo, { recursive: true })
    writeFileSync(undo, 'in the way')
    await expect(keeper.endAll()).rejects.toMatchObject({ message: expect.stringContaining('ENOTDIR') })
    expect(await keeper.gone).toMatchObject({ code: 1, signal: null })
    expect(isRunning({ pid, startTicks })).toBe(false)
    expect(readFileSync(join(dir, 'keeper.log'), 'utf8')).toContain('kills what bears its mark')
    rmSync(undo)
  })

  it('leaves its folder as long as a fault outside of the stack is not undone', async () => {
    const keeper = await start('g')
    let isDown = true
    const proxy = { name: 'p', listen: '127.0.0.1:1', upstream: '127.0.0.1:2' }
    const api = createServer((_, answer) => {
      answer.statusCode = isDown ? 500 : 200
      answer.end(JSON.stringify({ ...proxy, enabled: true, toxics: [] }))
    })
    await using _closing = closing(api)
    const apiUrl = await listening(api)
    await keeper.recordUndo('foreign', { kind: 'toxiproxy', apiUrl, proxy })
    process.kill(keeper.pid, 'SIGKILL')
    await keeper.gone
    expect((await clearDeadRuns(stateDir))[0]?.problems).toEqual([expect.stringContaining('foreign is not undone')])
    expect(openRun('g')).toMatchObject({ state: 'dead', faults: ['foreign'] })
    isDown = false
    expect(await clearDeadRuns(stateDir)).toMatchObject([
      { runId: 'g', healed: [{ id: 'foreign', how: 'undone', why: null }], problems: [] },
    ])
    expect(listOpenRuns(stateDir)).toEqual([])
  })
})

describe('a keeper that does not come up in time', () => {
  it('is ended, with its folder, and nobody waits for it', async () => {
    // It does all that it should, but is mute: it never says that it is ready.
    vi.stubEnv('NODE_OPTIONS', '--import=data:text/javascript,process.stdout.write=()=>true')
    const stateFolder = stateFolderOf('l')
    let keeperMark = { pid: 0, startTicks: '' }
    const clock = {
      ...systemClock,
      async sleep(ms: number, signal?: AbortSignal) {
        if (ms !== keeperStartMsMax) return await systemClock.sleep(ms, signal)
        // Its time is over as soon as it has made its folder.
        await expect.poll(() => readRecord(stateFolder)).toBeDefined()
        keeperMark = readRecord(stateFolder)?.keeper ?? keeperMark
      },
    }
    const starting = startKeeper({ stateFolder, logPath: join(dir, 'keeper.log'), clock })
    await expect(starting).rejects.toMatchObject({ kind: 'no_answer', message: expect.stringContaining('starting') })
    expect(keeperMark.pid).toBeGreaterThan(1)
    expect([isRunning(keeperMark), existsSync(stateFolder)]).toEqual([false, false])
  })

  it('leaves the run of another alone that has its name', async () => {
    await using keeper = await start('m')
    const { pid, startTicks } = await keeper.spawn(specOf('theirs', 'sleep 300'))
    await expect(start('m')).rejects.toMatchObject({ kind: 'bad_request' })
    expect([isRunning({ pid, startTicks }), existsSync(stateFolderOf('m'))]).toEqual([true, true])
  })
})

describe('a kept run', () => {
  it('outlives its harness, is healed alive, and is ended by hand', async () => {
    const keeper = await start('h')
    const { pid, startTicks } = await keeper.spawn(specOf('kept', 'sleep 300'))
    expect(openRun('h').state).toBe('at_work')
    await keeper.recordUndo('pause', { kind: 'signal', process: { pid, startTicks }, signal: 'SIGCONT' })
    await keeper.detach({ mcp: 'http://127.0.0.1:1/mcp' })
    await systemClock.sleep(300)
    expect(isRunning({ pid, startTicks })).toBe(true)
    expect(openRun('h')).toMatchObject({ state: 'kept', record: { urls: { mcp: 'http://127.0.0.1:1/mcp' } } })
    expect(await clearDeadRuns(stateDir), 'a kept run is not dead').toEqual([])
    expect(await healKeptRun(openRun('h'))).toEqual([])
    expect(await endKeptRun(openRun('h'))).toMatchObject({ runId: 'h', problems: [] })
    expect([isRunning({ pid, startTicks }), existsSync(stateFolderOf('h'))]).toEqual([false, false])
  })

  it('goes on keeping when all its processes have ended', async () => {
    const keeper = await start('i')
    await keeper.detach({})
    await systemClock.sleep(300)
    expect(openRun('i').state).toBe('kept')
    process.kill(keeper.pid, 'SIGKILL')
    await systemClock.sleep(100)
    expect(await endKeptRun(openRun('i'))).toMatchObject({ problems: [] })
    expect(listOpenRuns(stateDir)).toEqual([])
  })
})

describe('a full disk', () => {
  it('refuses the fault, and still ends what runs', async (context) => {
    const small = join(dir, 'small')
    mkdirSync(small)
    const [mounted] = await once(spawn('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', small]), 'exit')
    if (mounted !== 0) context.skip('no small file system can be mounted here')
    try {
      const stateFolder = join(small, 'runs', 'full')
      const keeper = await startKeeper({ stateFolder, logPath: join(dir, 'keeper.log') })
      const { pid, startTicks } = await keeper.spawn(specOf('before', 'sleep 300'))
      fill(join(small, 'filling'))
      const action = { kind: 'signal', process: { pid, startTicks }, signal: 'SIGCONT' } as const
      await expect(keeper.recordUndo('f', action)).rejects.toMatchObject({ kind: 'state_not_written', code: 'ENOSPC' })
      await expect(keeper.spawn(specOf('after', 'sleep 300'))).rejects.toMatchObject({ kind: 'state_not_written' })
      await keeper.endAll()
      expect([isRunning({ pid, startTicks }), existsSync(stateFolder)]).toEqual([false, false])
    } finally {
      await once(spawn('umount', [small]), 'exit')
    }
  })
})

function fill(path: string): void {
  for (let size = 65_536; size >= 1; size = Math.floor(size / 2)) {
    try {
      writeFileSync(path, Buffer.alloc(size, 'x'), { flag: 'a' })
    } catch {
      // Full for this much: the next half may still fit.
    }
  }
}

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
}

function closing(server: Server): AsyncDisposable {
  return {
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
