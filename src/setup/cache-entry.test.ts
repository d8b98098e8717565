import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ensureEntry, findEntry, findNewestEntry } from './cache-entry.ts'
import { done, fakeSetting } from './fake-setting.ts'
import { olderEntriesKept } from './limits.ts'

const fake = () => fakeSetting(() => done())

describe('an entry of the cache', () => {
  it('is made once and found after that', async () => {
    await using f = await fake()
    const place = { cacheDir: f.setting.places.cacheDir, kind: 'thing', key: 'a' }
    let made = 0
    const make = async (dir: string) => {
      made += 1
      await writeFile(join(dir, 'content'), 'x')
      return { version: '1' }
    }
    expect(await findEntry(place)).toBeUndefined()
    const entry = await ensureEntry(place, f.setting, make)
    expect(await ensureEntry(place, f.setting, make)).toEqual(entry)
    expect(await findEntry(place)).toEqual(entry)
    expect(made).toBe(1)
    expect(await readFile(join(entry.dir, 'content'), 'utf8')).toBe('x')
  })

  it('is made once by many at the same time', async () => {
    await using f = await fake()
    const place = { cacheDir: f.setting.places.cacheDir, kind: 'thing', key: 'a' }
    let made = 0
    const makers = Array.from({ length: 8 }, () =>
      ensureEntry(place, f.setting, async () => {
        made += 1
        await f.setting.sleep(20)
        return {}
      }),
    )
    await Promise.all(makers)
    expect(made).toBe(1)
  })

  it('is not there after a maker that failed, and can be made then', async () => {
    await using f = await fake()
    const place = { cacheDir: f.setting.places.cacheDir, kind: 'thing', key: 'a' }
    const broken = ensureEntry(place, f.setting, async (dir) => {
      await writeFile(join(dir, 'half'), 'x')
      throw new Error('out of disk')
    })
    await expect(broken).rejects.toThrow('out of disk')
    expect(await readdir(join(place.cacheDir, 'thing'))).toEqual([])
    const entry = await ensureEntry(place, f.setting, async () => ({ version: '2' }))
    expect(entry.note).toEqual({ version: '2' })
    expect(await readdir(entry.dir)).toEqual(['entry.json'])
  })

  it.each<[reason: string, note: string | undefined]>([
    ['killed before its note was written', undefined],
    ['a note cut by a full disk', '{"version":'],
    ['a note that is none', '[1]'],
  ])('is made anew where one is damaged: %s', async (_reason, note) => {
    await using f = await fake()
    const place = { cacheDir: f.setting.places.cacheDir, kind: 'thing', key: 'a' }
    const dir = join(place.cacheDir, 'thing', 'a')
    await mkdir(join(dir, 'sub'), { recursive: true })
    await mkdir(join(place.cacheDir, 'thing', '.making-999999'), { recursive: true })
    if (note !== undefined) await writeFile(join(dir, 'entry.json'), note)
    const entry = await ensureEntry(place, f.setting, async () => ({ version: '3' }))
    expect(entry.note).toEqual({ version: '3' })
    expect(await readdir(join(place.cacheDir, 'thing'))).toEqual(['a'])
    expect(await readdir(dir)).toEqual(['entry.json'])
  })

  it('pushes out only the oldest of its kind', async () => {
    await using f = await fake()
    const cacheDir = f.setting.places.cacheDir
    const keys = ['k0', 'k1', 'k2', 'k3', 'k4', 'k5']
    for (const [seconds, key] of keys.entries()) {
      const entry = await ensureEntry({ cacheDir, kind: 'thing', key }, f.setting, async () => ({}))
      await utimes(entry.dir, 1_000 + seconds, 1_000 + seconds)
    }
    expect((await readdir(join(cacheDir, 'thing'))).sort()).toEqual(keys.slice(-olderEntriesKept - 1))
    expect((await findNewestEntry(cacheDir, 'thing', 'k'))?.dir).toBe(join(cacheDir, 'thing', 'k5'))
    expect(await findNewestEntry(cacheDir, 'thing', 'x')).toBeUndefined()
  })
})
