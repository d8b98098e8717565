import { isObject, type JsonObject } from '../mcp/answer.ts'

/** What leaves no choice, or says which choice works. A pattern says how a value looks, and not which one there is. */
const decided = ['const', 'enum', 'default', 'examples', 'example', '$ref']

/** Required arguments, a text or a number each, of which the schema does not say which values there are. */
export function openArguments({ properties, required }: JsonObject): readonly string[] {
  if (!isObject(properties) || !Array.isArray(required)) return []
  return required.filter((name): name is string => {
    const property = typeof name === 'string' ? properties[name] : undefined
    if (!isObject(property) || decided.some((key) => property[key] !== undefined)) return false
    return property.type === 'string' || property.type === 'integer' || property.type === 'number'
  })
}
