import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json, JsonObject } from '../mcp/answer.ts'
import { generateArguments } from './generate-arguments.ts'
import { schemaBytesMax, setsMax } from './limits.ts'

function setsOf(schema: JsonObject, seed = 1): readonly JsonObject[] {
  const generated = generateArguments(schema, seed)
  if (generated.kind === 'none') throw new Error(generated.why)
  return generated.sets
}

const object = (properties: JsonObject, required = Object.keys(properties)): JsonObject => ({
  type: 'object',
  properties,
  required,
})

describe('what a tool is sent', () => {
  test.each<{ why: string; schema: JsonObject; first: JsonObject }>([
    { why: 'nothing asked, nothing sent', schema: { type: 'object' }, first: {} },
    { why: 'no optional ones', schema: object({ a: { const: 1 }, b: { type: 'string' } }, ['a']), first: { a: 1 } },
    { why: 'a default', schema: object({ limit: { type: 'integer', default: 25 } }), first: { limit: 25 } },
    { why: 'an example', schema: object({ city: { type: 'string', examples: ['Bern'] } }), first: { city: 'Bern' } },
    {
      why: 'a whole example before single ones',
      schema: { ...object({ from: { type: 'string' } }), examples: [{ from: 1 }, { from: 'ZRH', to: 'GVA' }] },
      first: { from: 'ZRH', to: 'GVA' },
    },
    {
      why: 'a default that does not fit its schema is passed over',
      schema: object({ a: { type: 'string', default: 5, enum: ['x'] } }),
      first: { a: 'x' },
    },
    {
      why: 'a definition that is pointed to, in the older place too',
      schema: { ...object({ a: { $ref: '#/definitions/A' } }), definitions: { A: { enum: ['only'] } } },
      first: { a: 'only' },
    },
    {
      why: 'a value in place of null',
      schema: object({ a: { anyOf: [{ type: 'null' }, { const: 'b' }] } }),
      first: { a: 'b' },
    },
    {
      why: 'a list that points to itself ends',
      schema: {
        ...object({ node: { $ref: '#/$defs/Node' } }),
        $defs: { Node: object({ v: { const: 1 }, next: { $ref: '#/$defs/Node' } }, ['v']) },
      },
      first: { node: { v: 1 } },
    },
  ])('$why', ({ schema, first }) => {
    expect(setsOf(schema)[0]).toEqual(first)
  })

  test('one of several shapes', () => {
    const shapes = [object({ id: { const: 7 } }), object({ name: { const: 'x' } })]
    const [{ by } = {}] = setsOf(object({ by: { oneOf: shapes } }))
    expect([{ id: 7 }, { name: 'x' }]).toContainEqual(by)
  })

  test('numbers without an upper bound are small, as ids are', () => {
    for (let seed = 0; seed < 50; seed++) {
      const [{ id } = {}] = setsOf(object({ id: { type: 'integer' } }), seed)
      expect(id).toBeGreaterThanOrEqual(1)
      expect(id).toBeLessThanOrEqual(10)
    }
  })

  test('seeds differ', () => {
    const schema = object({ id: { type: 'integer' }, q: { type: 'string' } })
    expect(new Set(Array.from({ length: 20 }, (_, seed) => JSON.stringify(setsOf(schema, seed)))).size).toBeGreaterThan(
      5,
    )
  })
})

describe('further sets', () => {
  test('differ from the one that is tried only in what the schema lists', () => {
    const schema = object({ id: { type: 'integer' }, unit: { $ref: '#/$defs/Unit' }, deep: { type: 'boolean' } })
    const [first, ...others] = setsOf({ ...schema, $defs: { Unit: { enum: ['c', 'f'] } } })
    expect(others).toHaveLength(2)
    for (const other of others) expect(other.id).toBe(first?.id)
    expect(new Set([first, ...others].map((each) => each?.unit))).toEqual(new Set(['c', 'f']))
    expect(new Set([first, ...others].map((each) => each?.deep))).toEqual(new Set([true, false]))
  })

  test('are bounded', () => {
    const listed = Array.from({ length: 100 }, (_, index) => index)
    expect(setsOf(object({ a: { enum: listed } }))).toHaveLength(setsMax)
  })
})

describe('no arguments, and why', () => {
  test.each<{ why: string; schema: JsonObject; says: RegExp }>([
    {
      why: 'a pointer to elsewhere is not fetched',
      schema: object({ a: { $ref: 'http://127.0.0.1:1/x' } }),
      says: /resolve/,
    },
    { why: 'nor a file', schema: object({ a: { $ref: 'file:///etc/hostname' } }), says: /resolve/ },
    { why: 'a schema that nothing fits', schema: object({ a: false }), says: /no arguments that fit/ },
    { why: 'a schema that is none', schema: { type: 'objekt' }, says: /cannot be used/ },
    { why: 'not an object', schema: { type: 'string' }, says: /no arguments that fit/ },
    { why: 'a schema beyond all measure', schema: { description: 'x'.repeat(schemaBytesMax) }, says: /longer than/ },
    {
      why: 'an answer beyond all measure',
      schema: object({ a: { type: 'string', minLength: 100_000 } }),
      says: /attempts/,
    },
  ])('$why', ({ schema, says }) => {
    expect(generateArguments(schema, 1)).toEqual({ kind: 'none', why: expect.stringMatching(says) })
  })
})

const leaf: fc.Arbitrary<JsonObject> = fc.oneof(
  fc.constant({ type: 'boolean' }),
  fc
    .constantFrom('date', 'date-time', 'email', 'uuid', 'uri', 'ipv4', 'hostname')
    .map((format) => ({ type: 'string', format })),
  fc
    .tuple(fc.nat(20), fc.nat(20))
    .map(([least, more]) => ({ type: 'string', minLength: least, maxLength: least + more })),
  fc
    .tuple(fc.integer({ min: -1e6, max: 1e6 }), fc.nat(1_000))
    .map(([minimum, more]) => ({ type: 'integer', minimum, maximum: minimum + more })),
  fc.integer({ min: -1e6, max: 1e6 }).map((minimum) => ({ type: 'number', minimum })),
  fc.integer({ min: -1e6, max: 1e6 }).map((exclusiveMinimum) => ({ type: 'integer', exclusiveMinimum })),
  fc
    .uniqueArray(fc.oneof(fc.string(), fc.integer()), { minLength: 1, maxLength: 8 })
    .map((values) => ({ enum: values })),
  fc.array(fc.string(), { minLength: 1, maxLength: 4 }).map((examples) => ({ type: 'string', examples })),
  fc.integer().map((preset) => ({ type: 'integer', default: preset })),
  fc.constantFrom('^[A-Z]{3}-\\d{4}$', '^(red|green)$').map((pattern) => ({ type: 'string', pattern })),
  fc.constant({ type: ['string', 'null'] }),
  fc.constant({ $ref: '#/$defs/shared' }),
)

const { schema: nested } = fc.letrec<{ schema: JsonObject }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    leaf,
    tie('schema').map((items) => ({ type: 'array', items: items as Json, minItems: 1, maxItems: 3 })),
    fc
      .tuple(fc.dictionary(fc.stringMatching(/^[a-z_]{1,8}$/), tie('schema'), { maxKeys: 4 }), fc.boolean())
      .map(([properties, all]) => object(properties as JsonObject, all ? Object.keys(properties) : [])),
    fc.tuple(tie('schema'), tie('schema')).map((anyOf) => ({ anyOf: anyOf as Json })),
  ),
}))

const toolSchema = fc
  .tuple(fc.dictionary(fc.stringMatching(/^[a-z_]{1,8}$/), nested, { maxKeys: 5 }), fc.boolean())
  .map(([properties, strict]) => ({
    ...object(properties as JsonObject),
    additionalProperties: !strict,
    $defs: { shared: { type: 'string', enum: ['one', 'two'] } },
  }))

describe('for any schema', () => {
  test('every set fits, and one seed gives one answer', () => {
    fc.assert(
      fc.property(toolSchema, fc.nat(), (schema, seed) => {
        const ajv = new Ajv2020({ strict: false })
        addFormats.default(ajv)
        const validate = ajv.compile(schema)
        const sets = setsOf(schema, seed)
        for (const set of sets) expect(validate(set), ajv.errorsText(validate.errors)).toBe(true)
        expect(setsOf(schema, seed)).toEqual(sets)
        expect(new Set(sets.map((set) => JSON.stringify(set))).size).toBe(sets.length)
      }),
      { numRuns: 100 },
    )
  })
})
