import { readFileSync, writeFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { exhaustedPool, samples } from '../../tests/golden/samples/cases.ts'
import { renderJson } from './json.ts'
import { type reportSchema, schemaText } from './schema.ts'

const exhausted = exhaustedPool().report
const sampleReport = () => exhausted
const schemaFile = new URL('report.schema.json', import.meta.url)
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, formats: { 'date-time': true } })

/** Every way in, one after the other: the same report with its fields made in another order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value).reverse()
  return Object.fromEntries(entries.map(([key, item]) => [key, reversed(item)]))
}

describe('report.json', () => {
  it('has the published schema, made from the same words as the code', () => {
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(schemaFile, schemaText())
    expect(JSON.parse(readFileSync(schemaFile, 'utf8'))).toEqual(JSON.parse(schemaText()))
  })

  it.each(Object.keys(samples))('%s fits the schema', (name) => {
    const validate = ajv.compile(JSON.parse(readFileSync(schemaFile, 'utf8')))
    const sample = samples[name]?.()
    const parsed: z.infer<typeof reportSchema> = JSON.parse(sample === undefined ? '' : renderJson(sample.report))
    expect(validate(parsed), JSON.stringify(validate.errors)).toBe(true)
  })

  it('refuses what the schema refuses: a verdict that does not exist', () => {
    const validate = ajv.compile(JSON.parse(readFileSync(schemaFile, 'utf8')))
    const parsed = JSON.parse(renderJson(sampleReport()))
    expect(validate({ ...parsed, verdict: 'maybe' })).toBe(false)
  })

  it('has its fields in one order, however the report was made', () => {
    const report = sampleReport()
    expect(renderJson(reversed(report) as typeof report)).toBe(renderJson(report))
  })

  it('is read back as the report it was', () => {
    expect(JSON.parse(renderJson(sampleReport()))).toEqual(sampleReport())
  })

  it('writes an interval without an upper end as null', () => {
    const report = sampleReport()
    const open = { ...report, measurements: [{ ...firstRow(), interval: { low: 1, high: Number.POSITIVE_INFINITY } }] }
    expect(JSON.parse(renderJson(open)).measurements[0].interval).toEqual({ low: 1, high: null })
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses %s and names the field', (value) => {
    const broken = { ...sampleReport(), measurements: [{ ...firstRow(), value }] }
    expect(() => renderJson(broken)).toThrow(/report\.measurements\[0\]\.value/)
  })
})

function firstRow() {
  const row = sampleReport().measurements[0]
  if (row === undefined) throw new Error('the sample has no measurements')
  return row
}
