import type { Json, JsonObject } from './json.ts'

/** `{name}`, and `{{name}}` for the text `{name}` itself. */
const placeholder = /\{\{([A-Za-z_][\w-]*)\}\}|\{([A-Za-z_][\w-]*)\}/g
const wholePlaceholder = /^\{([A-Za-z_][\w-]*)\}$/

/**
 * A template with a row's fields in place of `{name}`: a text that is nothing else becomes the field as it is, a number
 * say, and within a longer text the field is written out. Throws a RangeError for a field that the row does not have.
 */
export function fillTemplate(template: JsonObject, row: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, fill(value, row)]))
}

function fill(value: Json, row: JsonObject): Json {
  if (typeof value === 'string') return fillText(value, row)
  if (typeof value !== 'object' || value === null) return value
  return Array.isArray(value) ? value.map((each: Json) => fill(each, row)) : fillTemplate(value as JsonObject, row)
}

function fillText(text: string, row: JsonObject): Json {
  const whole = wholePlaceholder.exec(text)?.[1]
  if (whole !== undefined) return field(whole, row)
  return text.replace(placeholder, (_, literal: string | undefined, name: string) => {
    if (literal !== undefined) return `{${literal}}`
    const value = field(name, row)
    return typeof value === 'string' ? value : JSON.stringify(value)
  })
}

function field(name: string, row: JsonObject): Json {
  const value = Object.hasOwn(row, name) ? row[name] : undefined
  if (value !== undefined) return value
  throw new RangeError(
    `nothing is called ${name} there; there is ${Object.keys(row).slice(0, 20).join(', ') || 'nothing'}`,
  )
}
