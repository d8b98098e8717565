import { readFileSync, writeFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { comparisons } from '../../tests/golden/samples/comparisons.ts'
import { renderComparisonJson } from './comparison.ts'
import { type comparisonSchema, comparisonSchemaText } from './comparison-schema.ts'

const schemaFile = new URL('comparison.schema.json', import.meta.url)
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, formats: { 'date-time': true } })
const validator = () => ajv.compile(JSON.parse(readFileSync(schemaFile, 'utf8')))

function written(name: string): z.infer<typeof comparisonSchema> {
  const made = comparisons[name]?.()
  if (made === undefined) throw new Error(`no comparison ${name}`)
  return JSON.parse(renderComparisonJson(made))
}

/** A field that the schema does not name is a field that nobody can rely on. */
const closedObject = (_: string, value: unknown) =>
  typeof value === 'object' && value !== null && 'type' in value && value.type === 'object'
    ? { ...value, additionalProperties: false }
    : value

describe('comparison.json', () => {
  it('has the published schema, made from the same words as the code', () => {
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(schemaFile, comparisonSchemaText())
    expect(JSON.parse(readFileSync(schemaFile, 'utf8'))).toEqual(JSON.parse(comparisonSchemaText()))
  })

  it.each(Object.keys(comparisons))('%s fits the schema, which names each of its fields', (name) => {
    const validate = validator()
    expect(validate(written(name)), JSON.stringify(validate.errors)).toBe(true)
    const closed = ajv.compile(JSON.parse(readFileSync(schemaFile, 'utf8'), closedObject))
    expect(closed(written(name)), JSON.stringify(closed.errors)).toBe(true)
  })

  it('has null where something is without end', () => {
    const row = written('head fails').rows.find(({ measure }) => measure === 'tool.latency.p95')
    expect(row?.head?.value).toBeNull()
    expect(row?.base?.value).toBeGreaterThan(0)
  })

  it('has no value, and no difference, of what was not measured in every run', () => {
    const rows = written('a regression of four runs a side').rows
    const row = rows.find(
      ({ measure, window }) => measure === 'database.connections.mean' && window === 'slow.recovery',
    )
    expect(row).toMatchObject({ base: null, head: null, difference: null, verdict: 'too_little_evidence' })
    expect(row?.why).toMatch(/base\/1: nothing was measured in the window$/)
  })

  it('refuses a verdict that does not exist, and a row without one', () => {
    const validate = validator()
    const whole = written('one run a side')
    expect(validate({ ...whole, verdict: 'maybe' })).toBe(false)
    const [first, ...rows] = whole.rows
    expect(validate({ ...whole, rows: [{ ...first, verdict: undefined }, ...rows] })).toBe(false)
  })
})
