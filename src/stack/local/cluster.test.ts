import { expect, it } from 'vitest'
import type { NodeSpec } from '../../domain/plan.ts'
import { LocalCluster } from './cluster.ts'
import type { DatabasePlace } from './database.ts'

const place = (id: string, port: number, follows: string | null): DatabasePlace => ({
  node: { id, follows } as NodeSpec,
  port,
  dataDir: `/data/${id}`,
  logPath: `/logs/${id}.log`,
  isReplicated: true,
  archiveDir: null,
})

function clusterOf() {
  const done: string[] = []
  const places = [place('primary', 1, null), place('replica', 2, 'primary')]
  const cluster = new LocalCluster(places, 'primary', new Map([['replica', { host: '127.0.0.1', port: 9 }]]), {
    promote: async ({ node }) => void done.push(`promote ${node.id}`),
    switchRoute: async (upstream) => void done.push(`route ${upstream}`),
    cloneAndStart: async ({ node }, port) => void done.push(`clone ${node.id} from ${port}`),
  })
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
