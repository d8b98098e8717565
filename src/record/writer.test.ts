import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { SimulatedClock } from '../../tests/simulation/simulated-clock.ts'
import { RecordError, RunFolderWriter, writeDerived } from './writer.ts'

const disk = vi.hoisted(() => ({ takesAtMost: Number.POSITIVE_INFINITY, failsWith: null as string | null }))

vi.mock('node:fs', async (importOriginal) => {
  const real = await importOriginal<typeof import('node:fs')>()
  const writeSync = (descriptor: number, data: Buffer | string, at = 0) => {
    const bytes = Buffer.from(data)
    if (disk.failsWith !== null) throw Object.assign(new Error(disk.failsWith), { code: disk.failsWith })
    return real.writeSync(descriptor, bytes, at, Math.min(disk.takesAtMost, bytes.length - at))
  }
  return { ...real, writeSync }
})

let folder: string
let writer: RunFolderWriter
beforeEach(() => {
  Object.assign(disk, { takesAtMost: Number.POSITIVE_INFINITY, failsWith: null })
  folder = mkdtempSync(join(tmpdir(), 'squall-writer-'))
  writer = RunFolderWriter.create(folder, new SimulatedClock())
})
afterEach(() => {
  chmodSync(folder, 0o755)
  rmSync(folder, { recursive: true, force: true })
})

function errorOf(work: () => void): RecordError {
  try {
    work()
  } catch (error) {
    if (error instanceof RecordError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('a stream', () => {
  it('has whole rows though the system takes a few bytes at a time', () => {
    disk.takesAtMost = 3
    const stream = writer.stream('timeline', 'boot')
    stream.row([1, 'note', null, { text: 'größer als drei' }])
    stream.end(2, 'planned')
    const lines = readFileSync(join(folder, 'timeline.ndjson'), 'utf8').trimEnd().split('\n')
    expect(lines.slice(1).map((line) => JSON.parse(line))).toEqual([
      [1, 'note', null, { text: 'größer als drei' }],
      { end: { t: 2, rows: 1, reason: 'planned' } },
    ])
  })

  it.each([
    ['ENOSPC', /free some space/],
    ['EIO', /is the run folder still there/],
  ])('that cannot be written (%s) is a RecordError with a hint that fits', (code, hint) => {
    const stream = writer.stream('timeline', 'boot')
    disk.failsWith = code
    const error = errorOf(() => stream.row([1]))
    expect(error).toMatchObject({ kind: 'record', exitCode: 3 })
    expect(error.hint).toMatch(hint)
  })

  it('of which the system takes nothing any more ends with an error, not in a circle', () => {
    const stream = writer.stream('timeline', 'boot')
    disk.takesAtMost = 0
    expect(errorOf(() => stream.row([1])).message).toMatch(/took 0 of 4 bytes/)
  })

  it('that cannot be opened is a RecordError', () => {
    mkdirSync(join(folder, 'pool.ndjson'))
    expect(errorOf(() => writer.stream('pool', 'boot')).message).toMatch(/cannot write .*pool\.ndjson/)
  })
})

describe('a derived file', () => {
  it('that cannot be written is a RecordError', () => {
    mkdirSync(join(folder, 'report.json'))
    expect(errorOf(() => writeDerived(folder, 'report.json', '{}')).message).toMatch(/cannot write .*report\.json/)
  })
})

describe('the folder', () => {
  it('is made with those above it', () => {
    const deep = join(folder, 'a', 'b')
    RunFolderWriter.create(deep, new SimulatedClock())
    expect(readdirSync(deep).sort()).toEqual(['answers', 'calls', 'logs'])
  })

  it('that is not empty is bad usage', () => {
    const error = errorOf(() => RunFolderWriter.create(folder, new SimulatedClock()))
    expect(error).toMatchObject({ exitCode: 64, hint: expect.stringContaining('--out') })
  })

  it('below what takes no folders is an error, not a circle', () => {
    const error = errorOf(() => RunFolderWriter.create('/proc/nowhere/run', new SimulatedClock()))
    expect(error).toMatchObject({ exitCode: 3, message: expect.stringContaining('/proc/nowhere/run') })
  })
})
