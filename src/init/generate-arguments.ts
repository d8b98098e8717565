import { generateSync, type JsonSchema } from 'json-schema-faker'
import { isObject, type Json, type JsonObject } from '../mcp/answer.ts'
import { attemptsMax, questionsMax, schemaBytesMax, setBytesMax, setsMax } from './limits.ts'
import { checkOf } from './schema-check.ts'
import { tameSchema } from './tame-schema.ts'
import { variantsOf } from './variants.ts'

/**
 * `sets`: at least one; the first is to be tried, and the others differ from it only in what the schema lists. `more`: others
 * again, each of which may ask for what is not there.
 */
export type Generated =
  | {
      readonly kind: 'sets'
      readonly sets: readonly [JsonObject, ...JsonObject[]]
      readonly more: readonly JsonObject[]
    }
  | { readonly kind: 'none'; readonly why: string }

/**
 * Arguments for a tool from its JSON Schema: what is required and nothing more, as each further one may be a filter
 * that finds nothing. Examples and defaults come first, then enums, formats and bounds. The same seed gives the same.
 * Every set fits the schema.
 */
export function generateArguments(schema: JsonObject, seed: number): Generated {
  if (JSON.stringify(schema).length > schemaBytesMax) return none(`its schema is longer than ${schemaBytesMax} bytes`)
  const check = checkOf(schema)
  if (check.kind === 'unusable') return none(`its schema cannot be used: ${check.why}`)
  const fits = (value: Json): value is JsonObject => isObject(value) && isShort(value) && check.why(value) === null
  const example = wholeExample(schema, fits)
  const first = example ?? firstFitting(schema, seed, fits)
  if (first === null) {
    const why = check.why({})
    return none(`no arguments that fit its schema came out of ${attemptsMax} attempts${why ? `: ${why}` : ''}`)
  }
  const variants = variantsOf(schema, first).filter(fits)
  const sets: [JsonObject, ...JsonObject[]] = [first, ...variants.slice(0, setsMax - 1)]
  // Whoever wrote an example knows what goes together.
  return { kind: 'sets', sets, more: example === null ? moreFitting(schema, seed, fits, sets) : [] }
}

/** As the first, from other seeds. */
function moreFitting(schema: JsonObject, seed: number, fits: Fits, sets: readonly JsonObject[]): JsonObject[] {
  const known = new Set(sets.map((set) => JSON.stringify(set)))
  const tamed = tameSchema(schema)
  const more: JsonObject[] = []
  for (let turn = 1; turn < questionsMax && sets.length + more.length < questionsMax; turn++) {
    const value = generated(tamed, seed + turn * attemptsMax, true)
    const text = JSON.stringify(value)
    if (value === undefined || known.has(text) || !fits(value)) continue
    known.add(text)
    more.push(value)
  }
  return more
}

type Fits = (value: Json) => value is JsonObject

function none(why: string): Generated {
  return { kind: 'none', why }
}

function isShort(value: Json): boolean {
  return JSON.stringify(value).length <= setBytesMax
}

/** An example of all arguments together says most of how they go with each other. */
function wholeExample({ examples, example, default: preset }: JsonObject, fits: Fits): JsonObject | null {
  const listed: readonly Json[] = Array.isArray(examples) ? examples : []
  return [...listed, example ?? null, preset ?? null].find(fits) ?? null
}

function firstFitting(schema: JsonObject, seed: number, fits: Fits): JsonObject | null {
  const tamed = tameSchema(schema)
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    // What taming narrowed too far, say below an allOf, the schema itself may still give; and an example may be wrong.
    const value = generated(attempt % 3 === 0 ? tamed : schema, seed + attempt, attempt % 3 !== 2)
    if (value !== undefined && fits(value)) return value
  }
  return null
}

/** undefined: the library has no value for this schema and seed. It resolves no pointers to elsewhere, and fetches nothing. */
function generated(schema: Json, seed: number, byExample: boolean): Json | undefined {
  try {
    const value = generateSync(schema as JsonSchema, {
      seed,
      useExamplesValue: byExample,
      useDefaultValue: byExample,
      optionalsProbability: 0,
      alwaysFakeOptionals: false,
    })
    return JSON.parse(JSON.stringify(value) ?? 'null')
  } catch {
    return undefined
  }
}
