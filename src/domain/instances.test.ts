import { describe, expect, it } from 'vitest'
import { plannedIdOf, runningIdsOf, targetIdsOf } from './instances.ts'
import type { LinkSpec, NodeSpec, StackPlan } from './plan.ts'

function stack(instances: number): StackPlan {
  const node = (id: string, count: number): [string, NodeSpec] => [id, { id, instances: count } as NodeSpec]
  const link = (id: string, from: string, to: string): [string, LinkSpec] => [id, { id, from, to }]
  return {
    nodes: Object.fromEntries([node('server', instances), node('primary', 1)]),
    links: Object.fromEntries([link('db', 'server', 'primary'), link('front', 'users', 'server')]),
  } as unknown as StackPlan
}

describe('what runs for a plan', () => {
  it.each([
    ['a server of one instance', 1, 'server', ['server']],
    ['each of three instances', 3, 'server', ['server-1', 'server-2', 'server-3']],
    ['a link of each, from the server', 2, 'db', ['db-1', 'db-2']],
    ['one link of all users to it', 3, 'front', ['front']],
    ['one database for all', 3, 'primary', ['primary']],
  ])('%s', (_reason, count, id, ids) => {
    expect(runningIdsOf(stack(count), id)).toEqual(ids)
    for (const running of ids) expect(plannedIdOf(stack(count), running)).toBe(id)
  })

  it('is nothing under the id of another', () => {
    expect(['server', 'server-4', 'front-1', 'k6'].map((id) => plannedIdOf(stack(3), id))).toEqual([
      null,
      null,
      null,
      null,
    ])
  })

  it('is harmed as a whole, or one alone', () => {
    expect(targetIdsOf(stack(2), { on: 'db' })).toEqual(['db-1', 'db-2'])
    expect(targetIdsOf(stack(2), { on: 'db', instance: 2 })).toEqual(['db-2'])
    expect(targetIdsOf(stack(1), { on: 'server' })).toEqual(['server'])
  })
})
