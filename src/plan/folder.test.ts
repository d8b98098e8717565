import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { loadExtended } from './extends.ts'
import { planFolder } from './folder.ts'
import { Problems } from './problems.ts'

const folder = mkdtempSync(join(tmpdir(), 'squall-plans-'))
afterAll(() => rmSync(folder, { recursive: true }))
writeFileSync(join(folder, 'ours.yaml'), 'squall: 1\nextends: ./bass.yaml\n')

const problemsOf = (nameOrPath: string) => {
  const problems = new Problems()
  loadExtended(nameOrPath, planFolder(folder, folder), problems)
  return problems.list
}

test.each([
  { why: 'a name', plan: 'our', path: 'plan', expected: "a plan's name (ours) or path; did you mean ours?" },
  { why: 'a path', plan: './our.yaml', path: 'plan', expected: `none can be read at ${join(folder, 'our.yaml')}` },
  { why: 'a path to a folder', plan: folder, path: 'plan', expected: `none can be read at ${folder}` },
  {
    why: 'a path to extend',
    plan: 'ours.yaml',
    path: 'extends',
    expected: `can be read at ${join(folder, 'bass.yaml')}`,
  },
])('what is not there: $why', ({ plan, path, expected }) => {
  expect(problemsOf(plan)).toEqual([expect.objectContaining({ path, expected: expect.stringContaining(expected) })])
})
