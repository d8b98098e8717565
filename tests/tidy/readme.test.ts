import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { readCatalogue } from '../../src/cli/catalogue.ts'
import { planFolder } from '../../src/plan/folder.ts'
import { loadPlan } from '../../src/plan/load-plan.ts'
import { noOverrides } from '../../src/plan/overrides.ts'

const top = fileURLToPath(new URL('../../', import.meta.url))

test('the plan in README.md, "Your own server", is valid as it stands', async () => {
  const readme = readFileSync(`${top}README.md`, 'utf8')
  const section = readme.split('## Your own server')[1]?.split('\n## ')[0] ?? ''
  const text = section
    .split('\n')
    .filter((line) => line.startsWith('    '))
    .map((line) => line.slice(4))
    .join('\n')
  expect(text).toContain('extends: smoke')
  const shipped = planFolder(`${top}plans`, top)
  const { problems } = loadPlan({
    plan: 'ours',
    loadText: (name, from) => (name === 'ours' ? { text, file: 'README.md' } : shipped(name, from)),
    catalogue: await readCatalogue(),
    overrides: noOverrides,
  })
  expect(problems).toEqual([])
})
