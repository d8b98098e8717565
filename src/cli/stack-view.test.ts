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
  return stackView(running as unknown as RunningStack, plan, {} as KeeperClient, systemClock)
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
