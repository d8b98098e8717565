import type { Json, JsonObject } from './json.ts'

/**
 * What was read, as rows: each item of a list, or the one value. An object is a row by its fields, anything else one
 * with the field `value`; null is none. At most `countMax`.
 */
export function rowsOf(value: Json, countMax: number): readonly JsonObject[] {
  const items: readonly Json[] = Array.isArray(value) ? value : [value]
  return items
    .filter((item) => item !== null)
    .slice(0, countMax)
    .map(asRow)
}

function asRow(item: Json): JsonObject {
  return typeof item === 'object' && item !== null && !Array.isArray(item) ? (item as JsonObject) : { value: item }
}
