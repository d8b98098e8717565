import { describe, expect, it } from 'vitest'
import type { NodeSpec, ObservePlan, Plan } from '../domain/plan.ts'
import type { KeeperClient } from '../keeper/client.ts'
import { systemClock } from '../record/clock.ts'
import type { RunningStack } from '../stack/running-stack.ts'
import { stackView } from './stack-view.ts'

type Paths = Pick<Plan, 'stack' | 'observe'>

const common = { host: '127.0.0.1', pid: 1, logPath: null, applicationUrl: null, disk: null }
const running = {
  mcpUrl: 'http://127.0.0.1:20001/deep/mcp',
  serverId: 'api',
  databaseUrl: 'postgres://127.0.0.1:20002/app',
  nodes: new Map([
    ['api', { ...common, id: 'api', role: 'mcp', port: 20_001, url: 'http://127.0.0.1:20001/deep/mcp' }],
    ['db', { ...common, id: 'db', role: 'postgres', port: 20_002, url: 'postgres://127.0.0.1:20002/app' }],
  ]),
  links: new Map(),
  balancerUrl: null,
} satisfies Partial<RunningStack>

function viewOf(readyPath: string | null, pool: ObservePlan['pool']) {
  const plan = {
    stack: { nodes: { api: { readyPath, instances: 1 } satisfies Partial<NodeSpec> }, links: {} },
    observe: { pool },
  } as unknown as Paths
  return stackView(running as unknown as RunningStack, plan, {} as KeeperClient, systemClock, 'logs')
}

const pool = (path: string) => ({ node: 'api', path, everyMs: 250, map: {} })

describe('what is asked of the server', () => {
  it.each([
    ['the usual path', '/metrics', 'http://127.0.0.1:20001/metrics'],
    ['a path of the plan', '/admin/prometheus?all=1', 'http://127.0.0.1:20001/admin/prometheus?all=1'],
    [
      'two slashes, which stay on the server',
      '//elsewhere.test/metrics',
      'http://127.0.0.1:20001//elsewhere.test/metrics',
    ],
  ])('pool: %s', (_reason, path, url) => {
    expect(viewOf(null, pool(path)).pools).toEqual([{ instance: null, metricsUrl: url }])
  })

  it('pool: nothing where the plan does not observe it', () => {
    expect(viewOf('/ready', null).pools).toEqual([])
  })

  it.each([
    ['the reference server’s path', '/ready', 'http://127.0.0.1:20001/ready'],
    ['a path of the plan', '/healthz', 'http://127.0.0.1:20001/healthz'],
    ['none: a server of one’s own that has no such path', null, null],
  ])('ready: %s', (_reason, path, url) => {
    expect(viewOf(path, null).readiness).toEqual(url === null ? [] : [{ name: 'ready', readyUrl: url }])
  })
})

describe('a server with two instances', () => {
  const url = (port: number) => `http://127.0.0.1:${port}`
  const node = (id: string, port: number) =>
    [id, { ...common, id, role: 'mcp' as const, port, url: `${url(port)}/mcp` }] as const
  const link = (id: string, from: string, to: string) => ({ id, from, to, protocol: 'postgres' as const })
  const two = {
    ...running,
    nodes: new Map([node('api-1', 20_001), node('api-2', 20_002)]),
    balancerUrl: `${url(20_009)}/instances`,
  }
  const plan = {
    stack: {
      nodes: { api: { id: 'api', instances: 2, readyPath: '/ready' } },
      links: { way: link('way', 'api', 'db') },
    },
    observe: { pool: pool('/metrics') },
  } as unknown as Paths
  const view = stackView(two as unknown as RunningStack, plan, {} as KeeperClient, systemClock, '')

  it('is asked at each of them, under its id', () => {
    expect(view.pools).toEqual([
      { instance: 'api-1', metricsUrl: `${url(20_001)}/metrics` },
      { instance: 'api-2', metricsUrl: `${url(20_002)}/metrics` },
    ])
    expect(view.readiness).toEqual([
      { name: 'ready.api-1', readyUrl: `${url(20_001)}/ready` },
      { name: 'ready.api-2', readyUrl: `${url(20_002)}/ready` },
    ])
  })

  it('has a balancer that tells of both', () => {
    expect(view.balancer).toEqual({ url: `${url(20_009)}/instances`, instances: ['api-1', 'api-2'] })
    expect(viewOf('/ready', null).balancer).toBe(null)
  })
})
