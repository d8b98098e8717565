import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { done, fakeSetting } from './fake-setting.ts'
import { withLock } from './lock.ts'

/** Above the largest process number that Linux gives (4194304, proc(5)). */
const noSuchPid = 4_194_305

const owner = (parts: object) =>
  JSON.stringify({ pid: noSuchPid, startTicks: '', host: hostname(), token: 't', ...parts })

describe('a lock', () => {
  it('admits one at a time', async () => {
    await using f = await fakeSetting(() => done())
    const path = join(f.dir, 'a', 'lock')
    let inside = 0
    let most = 0
    const one = () =>
      withLock(path, f.setting, async () => {
        inside += 1
        most = Math.max(most, inside)
        await f.setting.sleep(5)
        inside -= 1
      })
    await Promise.all([one(), one(), one(), one()])
    expect(most).toBe(1)
    expect(await readdir(dirname(path))).toEqual([])
  })

  it('is given back when the act throws', async () => {
    await using f = await fakeSetting(() => done())
    const path = join(f.dir, 'lock')
    await expect(withLock(path, f.setting, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await withLock(path, f.setting, async () => 'again')).toBe('again')
  })

  it.each<[reason: string, text: string]>([
    ['its process is gone', owner({})],
    ['its process number now belongs to another', owner({ pid: process.pid, startTicks: '1' })],
    ['it was never written whole', ''],
  ])('is taken over when %s', async (_reason, text) => {
    await using f = await fakeSetting(() => done(), { sleep: async () => undefined })
    const path = join(f.dir, 'lock')
    await writeFile(path, text)
    let made = 0
    const one = () => withLock(path, f.setting, async () => (made += 1))
    await Promise.all([one(), one(), one()])
    expect(made).toBe(3)
    expect(await readdir(f.dir)).toEqual([])
  })

  it('is taken over past a takeover that died half-way', async () => {
    await using f = await fakeSetting(() => done(), { sleep: async () => undefined })
    const path = join(f.dir, 'lock')
    await writeFile(path, owner({}))
    await writeFile(`${path}.takeover`, owner({}))
    expect(await withLock(path, f.setting, async () => 'in')).toBe('in')
  })

  it.each<[reason: string, text: string]>([
    ['a living process', owner({ pid: process.pid })],
    ['a process on another machine, which we cannot see', owner({ host: 'elsewhere' })],
  ])('of %s is left alone, and waiting has an end', async (_reason, text) => {
    await using f = await fakeSetting(() => done(), { sleep: async () => undefined })
    const path = join(f.dir, 'sub', 'lock')
    await mkdir(dirname(path))
    await writeFile(path, text)
    await expect(withLock(path, f.setting, async () => 'in')).rejects.toMatchObject({
      kind: 'lock-timeout',
      exitCode: 3,
    })
    expect(await readFile(path, 'utf8')).toBe(text)
  })

  it('is not waited for after an interrupt', async () => {
    await using f = await fakeSetting(() => done(), { signal: AbortSignal.abort() })
    const path = join(f.dir, 'lock')
    await writeFile(path, owner({ pid: process.pid }))
    await expect(withLock(path, f.setting, async () => 'in')).rejects.toMatchObject({ kind: 'interrupted' })
  })
})
