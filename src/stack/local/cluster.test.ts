import { describe, expect, it } from 'vitest'
import type { NodeSpec } from '../../domain/plan.ts'
import { type ClusterActs, LocalCluster } from './cluster.ts'
import type { DatabasePlace } from './database.ts'

const place = (id: string, port: number, follows: string | null, synchronous = false): DatabasePlace => ({
  node: { id, follows, synchronous } as NodeSpec,
  port,
  dataDir: `/data/${id}`,
  logPath: `/logs/${id}.log`,
  isReplicated: true,
  archiveDir: null,
})

/** Acts of a stack in which all goes well. */
function actsInto(done: string[]): ClusterActs {
  return {
    position: async () => ({ timeline: 1, received: 0, isPaused: false }),
    promote: async ({ node }) => void done.push(`promote ${node.id}`),
    switchRoute: async (upstream) => void done.push(`route ${upstream}`),
    makeSlots: async () => undefined,
    tell: async () => true,
    streams: async () => true,
    clone: async ({ node }, port) => void done.push(`clone ${node.id} from ${port}`),
    start: async () => undefined,
  }
}

function clusterOf() {
  const done: string[] = []
  const places = [place('primary', 1, null), place('replica', 2, 'primary')]
  const first = new Map([['replica', { host: '127.0.0.1', port: 9 }]])
  const cluster = new LocalCluster(places, 'primary', first, actsInto(done))
  return { cluster, done }
}

it('fails over, takes the old primary back, and fails over again', async () => {
  const { cluster, done } = clusterOf()
  expect([cluster.primary, cluster.followers]).toEqual(['primary', ['replica']])
  await cluster.promote('replica')
  await cluster.route('replica')
  await cluster.rejoin('primary')
  expect([cluster.primary, cluster.followers]).toEqual(['replica', ['primary']])
  await cluster.promote('primary')
  await cluster.route('primary')
  expect(done).toEqual([
    'promote replica',
    'route 127.0.0.1:2',
    'clone primary from 2',
    'promote primary',
    'route 127.0.0.1:1',
  ])
})

it('a replica of the plan follows through its link, an old primary straight', async () => {
  const { cluster } = clusterOf()
  expect(cluster.followedBy('primary')).toBe(null)
  expect(cluster.followedBy('replica')).toEqual({ host: '127.0.0.1', port: 9 })
  await cluster.promote('replica')
  expect(cluster.followedBy('replica')).toBe(null)
  expect(cluster.followedBy('primary')).toEqual({ host: '127.0.0.1', port: 2 })
})

it('who takes writes neither is promoted nor follows', async () => {
  const { cluster, done } = clusterOf()
  await expect(cluster.promote('primary')).rejects.toThrow('takes writes already')
  await expect(cluster.rejoin('primary')).rejects.toThrow('follows nobody')
  await expect(cluster.promote('other')).rejects.toThrow(RangeError)
  expect(done).toEqual([])
})

const synchronous = true

/** Databases of a test: `a` takes writes first, `b` and `c` follow; what each is able to do can be changed. */
function threeOf(acts: Partial<ClusterActs> = {}) {
  const done: string[] = []
  const received = new Map([
    ['b', 10],
    ['c', 20],
  ])
  const places = [place('a', 1, null), place('b', 2, 'a', synchronous), place('c', 3, 'a', synchronous)]
  const first = new Map(['b', 'c'].map((id) => [id, { host: '127.0.0.1', port: 9 }]))
  const cluster = new LocalCluster(places, 'a', first, {
    ...actsInto(done),
    position: async ({ node }) => ({ timeline: 1, received: received.get(node.id) ?? 0, isPaused: false }),
    makeSlots: async (on, ids) => void done.push(`slots on ${on.node.id} for ${ids.join()}`),
    async tell({ node }, { followed, awaited }) {
      done.push(`tell ${node.id} follows ${followed?.port ?? 'nobody'}, waits for ${awaited.join()}`)
      return true
    },
    start: async (id) => void done.push(`start ${id}`),
    ...acts,
  })
  return { cluster, done, received }
}

describe('of several followers', () => {
  it('the most advanced takes over, and the others follow it without holding up the route', async () => {
    const seen = Promise.withResolvers<boolean>()
    const { cluster, done } = threeOf({ streams: () => seen.promise })
    await cluster.promote()
    await cluster.route(cluster.primary)
    await expect.poll(() => done.length).toBe(4)
    expect(done.sort()).toEqual([
      'promote c',
      'route 127.0.0.1:3',
      'slots on c for a,b',
      'tell b follows 3, waits for ',
    ])
  })

  it('a new primary waits for nobody until one follows it, and then for those that the plan has as such', async () => {
    const seen = Promise.withResolvers<boolean>()
    const { cluster, done } = threeOf({ streams: () => seen.promise })
    expect(cluster.standingOf('a')).toEqual({ followed: null, awaited: ['b', 'c'] })
    await cluster.promote()
    expect(cluster.standingOf('c')).toEqual({ followed: null, awaited: [] })
    seen.resolve(true)
    await expect.poll(() => cluster.standingOf('c').awaited).toEqual(['b'])
    await cluster.rejoin('a')
    // The old primary has the place of the one that has taken its own.
    expect(done.at(-1)).toBe('tell c follows nobody, waits for b,a')
    expect(done).not.toContain('clone b from 3')
    expect(cluster.standingOf('b')).toEqual({ followed: { host: '127.0.0.1', port: 3 }, awaited: [] })
  })

  it('one that cannot follow is cloned at the end of the fault, one that does not answer is left alone', async () => {
    const follow = new Set(['a'])
    const deaf = new Set<string>()
    const { cluster, done } = threeOf({
      streams: async (_, id) => follow.has(id),
      async position({ node }) {
        if (deaf.has(node.id)) throw new Error('no answer')
        return { timeline: 1, received: node.id === 'c' ? 20 : 10, isPaused: false }
      },
      async start(id) {
        done.push(`start ${id}`)
        follow.add(id)
      },
    })
    await cluster.promote()
    deaf.add('b')
    await cluster.rejoin('a')
    expect(done.filter((one) => /\bb\b/.test(one))).toEqual([
      'slots on c for a,b',
      'tell b follows 3, waits for ',
      'slots on c for a,b',
    ])
    deaf.delete('b')
    await cluster.rejoin('a')
    expect(done).toContain('clone b from 3')
    expect(done.at(-1)).toBe('tell c follows nobody, waits for a,b')
  })

  it('one that was away at the fail-over follows when it is started, by a copy where its own data cannot', async () => {
    let canFollow = true
    let starts = 0
    const { cluster, done } = threeOf({
      tell: async () => false,
      streams: async () => canFollow,
      async clone({ node }) {
        done.push(`clone ${node.id}`)
        canFollow = true
      },
    })
    const start = async () => {
      starts += 1
      return starts
    }
    await cluster.promote()
    expect(await cluster.startFollowing('b', start)).toBe(1)
    canFollow = false
    expect(await cluster.startFollowing('b', start)).toBe(2)
    expect(await cluster.startFollowing('a', start)).toBe(4)
    expect(done.filter((one) => one.startsWith('clone'))).toEqual(['clone a'])
  })

  it('one that is being started is not cloned beside that', async () => {
    const { cluster, done } = threeOf({ tell: async () => false, streams: async (_, id) => id === 'a' })
    await cluster.promote()
    const started = Promise.withResolvers<string>()
    const following = cluster.startFollowing('b', () => started.promise)
    await cluster.rejoin('a')
    expect(done.filter((one) => one.startsWith('clone'))).toEqual(['clone a from 3'])
    started.reject(new Error('does not start'))
    await expect(following).rejects.toThrow('does not start')
    await cluster.rejoin('a').catch(() => undefined)
    expect(done).toContain('clone b from 3')
  })

  it('one that has not followed since the last fail-over does not take over, however much it has', async () => {
    const { cluster } = threeOf({
      position: async ({ node }) => ({
        timeline: node.id === 'c' ? 2 : 1,
        received: node.id === 'c' ? 20 : 10,
        isPaused: false,
      }),
    })
    await cluster.promote('c')
    await expect(cluster.promote()).rejects.toThrow('a has not followed since the last fail-over; b has not followed')
    expect(cluster.primary).toBe('c')
  })

  it('one that was told to take over is asked again, though another has got ahead meanwhile', async () => {
    let tries = 0
    const { cluster, received } = threeOf({
      async promote() {
        tries += 1
        if (tries === 1) throw new Error('not in time')
      },
    })
    await expect(cluster.promote()).rejects.toThrow('not in time')
    received.set('b', 1_000)
    await cluster.promote()
    expect(cluster.primary).toBe('c')
  })
})
