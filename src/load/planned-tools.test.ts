import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ToolPlan } from '../domain/tool-plan.ts'
import { LoadError } from './load-error.ts'
import { resolveTools } from './planned-tools.ts'
import { workloadFile, workloadOf } from './workload.ts'

let csv = ''
beforeAll(() => {
  csv = join(mkdtempSync(join(tmpdir(), 'squall-tools-')), 'ids.csv')
  writeFileSync(csv, 'id\n1\n2\n')
})
afterAll(() => rmSync(join(csv, '..'), { recursive: true, force: true }))

const tool = (more: Partial<ToolPlan> = {}): ToolPlan => ({
  weight: 1,
  arguments: [],
  from: null,
  rules: { success: null, failed: null },
  expected: [],
  ...more,
})
const place = { seed: 1, databaseUrl: async () => null }

test('rows come from where the plan says; tools that are off are left out', async () => {
  const [read, after, plain, ...others] = await resolveTools(
    {
      read: tool({ arguments: [{ n: '{id}' }], from: { kind: 'file', file: csv } }),
      after: tool({
        from: { kind: 'answer', tool: 'read', at: '/x' },
        rules: { success: null, failed: { at: '/e', test: { kind: 'present', present: true } } },
      }),
      plain: tool({ arguments: [{ a: '{not filled}' }] }),
      off: tool({ weight: 0, from: { kind: 'file', file: '/not/there' } }),
    },
    place,
  )
  expect(read).toMatchObject({ rows: [{ id: 1 }, { id: 2 }], after: null })
  expect(after).toMatchObject({ rows: null, after: { tool: 'read', at: '/x' }, rules: { failed: { at: '/e' } } })
  expect(plain).toMatchObject({ rows: null, after: null, templates: [{ a: '{not filled}' }] })
  expect(others).toEqual([])
})

test('every problem at once', async () => {
  const tools = {
    a: tool({ from: { kind: 'file', file: '/not/there.csv' } }),
    b: tool({ from: { kind: 'query', query: 'select 1' } }),
    c: tool({ from: { kind: 'file', file: csv }, arguments: [{ n: '{nr}' }] }),
  }
  const error = await resolveTools(tools, place).then(
    () => expect.fail('it should have been refused'),
    (thrown: LoadError) => thrown,
  )
  expect(error).toBeInstanceOf(LoadError)
  expect(error.exitCode).toBe(64)
  expect(error.message).toMatch(
    /tools\.a\.from: ENOENT.*tools\.b\.from: a query needs a database.*tools\.c\.from: nothing is called nr/,
  )
})

test('a workload of the plan has the plan’s tools and weights', async () => {
  const { tools, workload } = await workloadOf(workloadFile('mcp-tools'), { tools: { x: tool({ weight: 3 }) } }, place)
  expect(tools).toEqual([{ name: 'x', weight: 3 }])
  expect(workload.tools.map(({ name }) => name)).toEqual(['x'])
})
