import { describe, expect, it } from 'vitest'
import type { Machine } from './places.ts'
import { findPlaces, isReachable } from './places.ts'

const passwd = 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\npostgres:x:101:104::/:/bin/sh\n'

function machine(parts: Partial<Machine> = {}): Machine {
  return {
    env: {},
    home: '/home/u',
    uid: 1000,
    passwd: () => passwd,
    isOpenToAll: () => true,
    memory: () => undefined,
    isMemory: () => false,
    isOurs: () => true,
    ...parts,
  }
}

const closed = (...dirs: string[]) => ({ isOpenToAll: (dir: string) => !dirs.includes(dir) })

describe('where things lie', () => {
  it.each<[reason: string, env: NodeJS.ProcessEnv, cacheDir: string, stateDir: string]>([
    ['nothing set', {}, '/home/u/.cache/squall', '/home/u/.local/state/squall'],
    ['XDG', { XDG_CACHE_HOME: '/c', XDG_STATE_HOME: '/s' }, '/c/squall', '/s/squall'],
    ['relative XDG is ignored', { XDG_CACHE_HOME: 'c' }, '/home/u/.cache/squall', '/home/u/.local/state/squall'],
    ['ours goes before XDG', { XDG_CACHE_HOME: '/c', SQUALL_CACHE: '/q', SQUALL_STATE: '/r' }, '/q', '/r'],
  ])('%s', (_reason, env, cacheDir, stateDir) => {
    expect(findPlaces(machine({ env }))).toMatchObject({ cacheDir, stateDir })
  })

  it('leaves all to an ordinary user, however closed its home is', () => {
    const places = findPlaces(machine(closed('/home/u')))
    expect(places.postgresAccount).toBeUndefined()
    expect(places.postgresCacheDir).toBe(places.cacheDir)
    expect(places.dataDir).toBe('/home/u/.local/state/squall/data')
  })

  it('moves the part of PostgreSQL where its account can get to, when root has a closed home', () => {
    const places = findPlaces(machine({ uid: 0, home: '/superuser', ...closed('/superuser') }))
    expect(places).toMatchObject({
      cacheDir: '/superuser/.cache/squall',
      postgresCacheDir: '/var/cache/squall',
      stateDir: '/superuser/.local/state/squall',
      dataDir: '/var/lib/squall/data',
      postgresAccount: { name: 'postgres', uid: 101, gid: 104 },
    })
  })

  const room = { dir: '/shm', roomBytes: 6 * 2 ** 30 }
  it.each<[reason: string, parts: Partial<Machine>, dataDir: string, isDataInMemory: boolean]>([
    ['memory with room', { memory: () => room }, '/shm/squall-1000', true],
    ['memory a byte too small', { memory: () => ({ ...room, roomBytes: room.roomBytes - 1 }) }, '/s/data', false],
    ['a folder there that is somebody else’s', { memory: () => room, isOurs: () => false }, '/s/data', false],
    [
      'a folder of the user’s choice',
      { memory: () => room, env: { SQUALL_DATA: '/disk' } },
      '/disk/squall-data',
      false,
    ],
    [
      'one of the user’s choice in memory',
      { isMemory: () => true, env: { SQUALL_DATA: '/m' } },
      '/m/squall-data',
      true,
    ],
  ])('puts data in memory only where it may: %s', (_reason, parts, dataDir, isDataInMemory) => {
    const env = { SQUALL_STATE: '/s', ...parts.env }
    expect(findPlaces(machine({ ...parts, env }))).toMatchObject({ dataDir, isDataInMemory })
  })

  it('stays in an open home of root', () => {
    const places = findPlaces(machine({ uid: 0, home: '/open' }))
    expect(places.postgresCacheDir).toBe('/open/.cache/squall')
  })

  it.each<[reason: string, passwd: string, name: string, uid: number]>([
    ['no postgres account', passwd.replace('postgres', 'other'), 'nobody', 65_534],
    ['no accounts at all', '', 'nobody', 65_534],
    ['a name that only starts so', 'postgresql:x:7:7::/:\nnobody:x:99:98::/:\n', 'nobody', 99],
  ])('%s: another account for PostgreSQL', (_reason, text, name, uid) => {
    expect(findPlaces(machine({ uid: 0, passwd: () => text })).postgresAccount).toMatchObject({ name, uid })
  })

  it('looks at every folder on the way', () => {
    expect(isReachable('/a/b/c', machine(closed('/a')))).toBe(false)
    expect(isReachable('/a/b/c', machine(closed('/a/b/c')))).toBe(false)
    expect(isReachable('/a/b/c', machine(closed('/x')))).toBe(true)
  })
})
