import { isObject, type Json, type JsonObject } from '../mcp/answer.ts'
import { schemaDepthMax } from './limits.ts'

/** Stand for a text that may say anything: a person reads them in the plan, and a search may find something by them. */
const words = ['test', 'report', 'north', 'summary', 'alpha']
/** Ids count from 1 nearly everywhere, so that small numbers are those most likely to be there. */
const numbersUpTo = 10

/**
 * The same schema narrowed to what is likely to work: small numbers where there is no upper bound, words where any text
 * will do, something in place of null. What fits the narrowed schema fits the original, which generated values are
 * held against in any case.
 */
export function tameSchema(schema: Json, depth = 0): Json {
  if (!isObject(schema) || depth > schemaDepthMax) return schema
  const tamed: Record<string, Json> = {}
  for (const [key, value] of Object.entries(schema)) tamed[key] = tameKeyword(key, value, depth + 1)
  return isOpen(schema) ? { ...tamed, ...narrowed(schema) } : tamed
}

/** Keywords that hold a schema, a list of schemas, or schemas by name. */
const holdsOne = new Set(['items', 'contains', 'if', 'then', 'else'])
const holdsList = new Set(['allOf', 'prefixItems'])
const holdsChoices = new Set(['anyOf', 'oneOf'])
const holdsNamed = new Set(['properties', '$defs', 'definitions'])

function tameKeyword(key: string, value: Json, depth: number): Json {
  if (holdsOne.has(key)) return tameSchema(value, depth)
  if (holdsList.has(key) && Array.isArray(value)) return value.map((each: Json) => tameSchema(each, depth))
  if (holdsChoices.has(key) && Array.isArray(value)) return withoutNull(value).map((each) => tameSchema(each, depth))
  if (holdsNamed.has(key) && isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, tameSchema(each, depth)]))
  }
  return value
}

function withoutNull(choices: readonly Json[]): readonly Json[] {
  const others = choices.filter((choice) => !isObject(choice) || choice.type !== 'null')
  return others.length > 0 ? others : choices
}

/** Nothing says which values it may have, but its type and bounds. */
function isOpen(schema: JsonObject): boolean {
  const decided = ['const', 'enum', 'default', 'examples', 'example', '$ref', 'pattern', 'format', 'multipleOf']
  return decided.every((key) => schema[key] === undefined)
}

function narrowed(schema: JsonObject): JsonObject {
  const type = Array.isArray(schema.type) ? schema.type.find((each: Json) => each !== 'null') : schema.type
  if (type === undefined) return {}
  if (type === 'integer' || type === 'number') return narrowedNumber(type, schema)
  return type === 'string' ? { type, ...narrowedText(schema) } : { type }
}

/** Whole where there is room for it, since a person reads them. */
function narrowedNumber(
  type: 'integer' | 'number',
  { minimum, exclusiveMinimum, maximum, exclusiveMaximum }: JsonObject,
): JsonObject {
  if (maximum !== undefined || exclusiveMaximum !== undefined) return { type }
  const least = [minimum, exclusiveMinimum].filter((each) => typeof each === 'number')
  if (least.length === 0) return { type: 'integer', minimum: 1, maximum: numbersUpTo }
  return { type: 'integer', maximum: Math.max(...least) + numbersUpTo }
}

function narrowedText({ minLength, maxLength }: JsonObject): JsonObject {
  const least = typeof minLength === 'number' ? minLength : 0
  const most = typeof maxLength === 'number' ? maxLength : Number.POSITIVE_INFINITY
  const fitting = words.filter(({ length }) => length >= least && length <= most)
  return fitting.length > 0 ? { examples: fitting } : {}
}
