import { expect, test } from 'vitest'
import type { NodeSpec, StackPlan } from '../../domain/plan.ts'
import { externalStack } from './external-stack.ts'

const server = { id: 'server', role: 'mcp', url: 'https://mcp.test/deep/mcp' } as NodeSpec
const plan = (nodes: readonly NodeSpec[]) =>
  ({ kind: 'external', nodes: Object.fromEntries(nodes.map((node) => [node.id, node])) }) as unknown as StackPlan

test('is its addresses, and has no process, link or database', () => {
  const stack = externalStack(plan([server]))
  expect(stack).toMatchObject({ kind: 'external', mcpUrl: server.url, serverId: 'server', databaseUrl: null })
  expect(stack.nodes.get('server')).toMatchObject({ pid: null, host: 'mcp.test', port: 443, logPath: null })
  expect([stack.links.size, stack.processes.size, stack.backups.size]).toEqual([0, 0, 0])
  expect(() => stack.linkUrl('db')).toThrow(RangeError)
})

test('cannot be started, and is left alone at the end', async () => {
  const stack = externalStack(plan([server]))
  await expect(stack.start('server')).rejects.toMatchObject({ kind: 'not_supported' })
  await stack.stop()
  await stack[Symbol.asyncDispose]()
  stack.onExit(() => undefined)()
})

test('needs the address of a server', () => {
  expect(() => externalStack(plan([]))).toThrow(TypeError)
})
