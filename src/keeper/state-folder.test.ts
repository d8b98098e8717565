import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { clearDeadRuns, listOpenRuns } from './clear.ts'
import { isFolderOfRun } from './end-run.ts'
import { readBootId, readProcess } from './process-table.ts'
import {
  createStateFolder,
  isUndoId,
  type KeeperRecord,
  readRecord,
  readUndos,
  runsDirOf,
  writeRecord,
  writeUndo,
} from './state-folder.ts'

let stateDir: string
let folder: string

const self = { pid: process.pid, startTicks: readProcess(process.pid)?.startTicks ?? '' }
const record: KeeperRecord = {
  format: 1,
  runId: 'r',
  runFolder: null,
  keeper: self,
  bootId: readBootId(),
  host: hostname(),
  startedAt: '2026-01-01T00:00:00.000Z',
  isDetached: false,
  urls: {},
  processes: [],
  removeAtEnd: [],
}

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'squall-state-'))
  folder = join(runsDirOf(stateDir), 'r')
})
afterEach(() => rmSync(stateDir, { recursive: true, force: true }))

describe('the state folder', () => {
  it('gives back what was written, and no half of it is ever there', () => {
    createStateFolder(folder, record)
    const processes = [{ ...self, name: 'a', endSignal: 'SIGTERM', ports: [1], program: 'x' }] as const
    writeRecord(folder, { ...record, processes })
    expect(readRecord(folder)).toEqual({ ...record, processes })
    expect(readdirSync(folder).sort()).toEqual(['keeper.json', 'undo'])
    expect(readdirSync(runsDirOf(stateDir))).toEqual(['r'])
  })

  it('refuses a second run of one id', () => {
    createStateFolder(folder, record)
    expect(() => createStateFolder(folder, record)).toThrow(/there is a run r already/)
    expect(readdirSync(runsDirOf(stateDir))).toEqual(['r'])
  })

  it('tells of an undo that cannot be read, and reads the others', () => {
    createStateFolder(folder, record)
    const action = { kind: 'signal', process: self, signal: 'SIGCONT' } as const
    writeUndo(folder, 'good', action)
    writeFileSync(join(folder, 'undo', 'bad.json'), '{"kind":')
    expect(readUndos(folder)).toEqual({
      undos: [{ id: 'good', action }],
      damaged: [join(folder, 'undo', 'bad.json')],
    })
  })

  it.each([
    ['slow-db', true],
    ['a.b_c-1', true],
    ['', false],
    ['.hidden', false],
    ['../keeper', false],
    ['a/b', false],
  ])('an undo may be called %j: %s', (id, isOne) => {
    expect(isUndoId(id)).toBe(isOne)
  })
})

describe('the state of a run that is found', () => {
  const dead = { pid: 4_194_304, startTicks: '1' }
  it.each([
    ['its keeper runs', {}, 'at_work'],
    ['its keeper runs without a harness', { isDetached: true }, 'kept'],
    ['no process has that number', { keeper: dead }, 'dead'],
    ['the number belongs to a later process', { keeper: { ...self, startTicks: '1' } }, 'dead'],
    ['the machine was started again', { bootId: 'another' }, 'dead'],
    ['it is of another machine', { host: 'another', keeper: dead }, 'elsewhere'],
    ['a newer Squall wrote it', { format: 2 }, 'newer'],
    ['its record is damaged', { processes: undefined }, 'dead'],
  ])('%s', (_, change, state) => {
    createStateFolder(folder, { ...record, ...(change as Partial<KeeperRecord>) })
    expect(listOpenRuns(stateDir)).toMatchObject([{ runId: 'r', state }])
  })

  it('is none where nothing was ever run', () => {
    expect(listOpenRuns(join(stateDir, 'nowhere'))).toEqual([])
  })
})

describe('clearing', () => {
  it('ends nobody after a restart of the machine, though number and start time fit', async () => {
    const processes = [{ ...self, name: 'innocent', endSignal: 'SIGKILL', ports: [], program: 'x' }] as const
    createStateFolder(folder, { ...record, bootId: 'before', processes })
    expect(await clearDeadRuns(stateDir)).toMatchObject([{ runId: 'r', ended: { ended: [] }, problems: [] }])
    expect(existsSync(folder)).toBe(false)
  })

  it('lets others through the folders above its own, whatever the umask, and nobody into its own', () => {
    const umask = process.umask(0o077)
    try {
      const home = join(stateDir, 'home')
      mkdirSync(home, { mode: 0o700 })
      const own = join(runsDirOf(join(home, 'state', 'squall')), 'r')
      createStateFolder(own, record)
      const modes = [home, join(home, 'state'), join(home, 'state', 'squall'), dirname(own), own]
      expect(modes.map((dir) => (statSync(dir).mode & 0o777).toString(8))).toEqual(['700', '755', '755', '755', '700'])
    } finally {
      process.umask(umask)
    }
  })

  it('removes a folder that holds the run’s id, and no other', async () => {
    const own = join(stateDir, 'data', 'r')
    const others = join(stateDir, 'data', 'someone')
    mkdirSync(own, { recursive: true })
    mkdirSync(others)
    createStateFolder(folder, { ...record, bootId: 'before', removeAtEnd: [own, others] })
    const [cleared] = await clearDeadRuns(stateDir)
    expect(cleared?.problems).toEqual([`${others} is not removed: its path does not hold the id of the run`])
    expect([existsSync(own), existsSync(others), existsSync(folder)]).toEqual([false, true, true])
  })

  it('removes what a keeper left that died while it made its folder', async () => {
    const unfinished = join(runsDirOf(stateDir), '.making-4194304-r')
    mkdirSync(unfinished, { recursive: true })
    expect(await clearDeadRuns(stateDir)).toEqual([])
    expect(existsSync(unfinished)).toBe(false)
  })

  it.each([
    ['/state/data/run-1', true],
    ['/state/data/run-1/primary', true],
    ['/run-1', false],
    ['/state/data/run-10', false],
    ['/state/run-1/../../etc', false],
    ['data/run-1', false],
    ['/', false],
  ])('%s may be removed for run-1: %s', (path, may) => {
    expect(isFolderOfRun(path, 'run-1')).toBe(may)
  })
})
