import { isObject, type Json, type JsonObject } from '../mcp/answer.ts'

/**
 * The same arguments with one value replaced by another that the schema itself lists: an enum's, an example's, or the
 * other boolean. Free texts and numbers stay as they are: another id may not be there.
 */
export function variantsOf(schema: JsonObject, first: JsonObject): JsonObject[] {
  const properties = isObject(schema.properties) ? schema.properties : {}
  const known = new Set([JSON.stringify(first)])
  const variants: JsonObject[] = []
  for (const whole of [...listOf(schema.examples)]) if (isObject(whole)) add(whole)
  for (const [name, value] of Object.entries(first)) {
    for (const other of listedValues(properties[name], schema, value)) add({ ...first, [name]: other })
  }
  return variants

  function add(variant: JsonObject): void {
    const text = JSON.stringify(variant)
    if (known.has(text)) return
    known.add(text)
    variants.push(variant)
  }
}

function listedValues(property: Json | undefined, root: JsonObject, value: Json): readonly Json[] {
  const schema = resolved(property, root)
  if (schema === null) return []
  if (typeof value === 'boolean' && schema.type === 'boolean') return [!value]
  return [...listOf(schema.examples), ...listOf(schema.enum)]
}

/** A pointer into the schema's own definitions is followed once; enums are often written so. */
function resolved(property: Json | undefined, root: JsonObject): JsonObject | null {
  if (!isObject(property)) return null
  const name =
    typeof property.$ref === 'string' ? /^#\/(?:\$defs|definitions)\/([^/~%]+)$/.exec(property.$ref)?.[1] : null
  if (name === null) return property
  const definitions = root.$defs ?? root.definitions
  const found = name !== undefined && isObject(definitions) ? definitions[name] : undefined
  return isObject(found) ? found : null
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : []
}
