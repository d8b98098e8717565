import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { SimulatedClock } from '../../tests/simulation/simulated-clock.ts'
import { endKeptRun, healKeptRun, listOpenRuns, type OpenRun } from './clear.ts'
import { readBootId, readProcess } from './process-table.ts'
import { createStateFolder, runsDirOf, writeUndo } from './state-folder.ts'

// Its keeper is this very process, which shall look alive and never get a signal.
const self = { pid: process.pid, startTicks: readProcess(process.pid)?.startTicks ?? '' }
let stateDir: string

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'squall-clear-'))
})
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(stateDir, { recursive: true, force: true })
})

function keptRun(): OpenRun {
  createStateFolder(join(runsDirOf(stateDir), 'r'), {
    format: 1,
    runId: 'r',
    runFolder: null,
    keeper: self,
    bootId: readBootId(),
    host: hostname(),
    startedAt: '2026-01-01T00:00:00.000Z',
    isDetached: true,
    urls: {},
    processes: [],
    removeAtEnd: [],
  })
  writeUndo(join(runsDirOf(stateDir), 'r'), 'stop', {
    kind: 'signal',
    process: { pid: self.pid, startTicks: 'of another one' },
    signal: 'SIGCONT',
  })
  const [run] = listOpenRuns(stateDir)
  if (run?.state !== 'kept') throw new Error('no kept run was made')
  return run
}

describe.each(['ESRCH', 'EPERM'])('a keeper that cannot be signalled (%s)', (code) => {
  it('is no error: its run is ended by hand', async () => {
    const run = keptRun()
    const kill = vi.spyOn(process, 'kill').mockImplementation(() => {
      throw Object.assign(new Error(`kill ${code}`), { code })
    })
    const clock = new SimulatedClock()
    const ended = await clock.runUntil(endKeptRun(run, clock))
    expect(kill).toHaveBeenCalledWith(self.pid, 'SIGTERM')
    expect(ended).toMatchObject({ runId: 'r', problems: [] })
    expect(existsSync(run.stateFolder)).toBe(false)
  })

  it('leaves its faults, and says which', async () => {
    const run = keptRun()
    vi.spyOn(process, 'kill').mockImplementation(() => {
      throw Object.assign(new Error(`kill ${code}`), { code })
    })
    const clock = new SimulatedClock()
    expect(await clock.runUntil(healKeptRun(run, clock))).toEqual(['stop'])
  })
})
