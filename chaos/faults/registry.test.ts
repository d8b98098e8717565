import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../../src/cli/assets.ts'
import type { ParameterDescription } from '../../src/domain/catalogue.ts'
import { faults } from './registry.ts'

const all = [...faults.values()]
const planDoc = readFileSync(join(root, 'docs', 'plan.md'), 'utf8')

/** What faults share, and what describes them: no faults themselves. */
const shared = [
  'ADDING_A_FAULT.md',
  'cluster-of.ts',
  'database-of.ts',
  'fault.ts',
  'registry.ts',
  'restored.ts',
  'toxic-parameters.ts',
]

describe('the registry', () => {
  it('has each fault of the folder, under the name of its file', () => {
    const files = readdirSync(import.meta.dirname).filter(
      (name) => !name.endsWith('.test.ts') && !shared.includes(name),
    )
    expect(all.map(({ name }) => `${name}.ts`).sort()).toEqual(files.sort())
  })

  it.each(all.map(({ name, parameters }) => [name, parameters] as const))(
    '%s: docs/plan.md has it, with each of its parameters',
    (name, parameters) => {
      const row = planDoc.split('\n').find((line) => line.startsWith(`| \`${name}\``))
      expect(row, `| \`${name}\` | … in the list of faults`).toBeDefined()
      for (const parameter of Object.keys(parameters)) expect(row).toContain(`\`${parameter}\``)
    },
  )

  it.each(
    all.flatMap(({ name, parameters }) =>
      Object.entries(parameters).map(([key, parameter]) => [`${name}.${key}`, parameter] as const),
    ),
  )('%s: its default is one of its own values, and a reason is given', (_, parameter) => {
    expect(parameter.why).not.toBe('')
    expect(isAllowed(parameter)).toBe(true)
  })
})

function isAllowed({
  default: preset,
  min = 0,
  max = Number.POSITIVE_INFINITY,
  choices,
}: ParameterDescription): boolean {
  if (typeof preset === 'number') return preset >= min && preset <= max
  return preset === undefined || choices === undefined || choices.includes(String(preset))
}
