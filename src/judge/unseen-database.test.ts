import { expect, test } from 'vitest'
import type { RunView } from '../measure/run-view.ts'
import { unseenDatabase } from './unseen-database.ts'

const view = (kind: string, roles: readonly string[], measures: readonly string[] = []) => {
  const nodes = Object.fromEntries(roles.map((role) => [role, { role }]))
  return {
    plan: { stack: { kind, nodes }, objectives: measures.map((measure) => ({ measure })) },
  } as unknown as RunView
}

test.each([
  { why: 'a server known by its address alone', of: view('external', ['mcp']), told: true },
  { why: 'its database is named', of: view('external', ['mcp', 'postgres']), told: false },
  { why: 'an objective on it tells the same', of: view('external', ['mcp'], ['database.deadlocks']), told: false },
  { why: 'Squall started what there is', of: view('local', ['mcp']), told: false },
])('$why: connections told as not assessed is $told', ({ of, told }) => {
  const ids = unseenDatabase(of).map(({ id }) => id)
  expect(ids).toEqual(told ? ['database.connections'] : [])
})

test('the line that would show them is told', () => {
  expect(unseenDatabase(view('external', ['mcp']))[0]?.why).toContain('--database')
})
