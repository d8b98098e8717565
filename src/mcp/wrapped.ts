import { atPointer } from '../domain/pointer.ts'
import type { Json, JsonObject } from './answer.ts'
import { isObject, parse } from './answer.ts'

/**
 * What a tool returned, out of the wrapper that FastMCP and other frameworks put around whatever is no plain object (a
 * text, an optional object, a list): `{"result": …}` and no other key. A text that is JSON comes parsed. undefined: the
 * content is no such wrapper.
 */
export function wrappedIn(content: Json | undefined): Json | undefined {
  if (!isObject(content)) return undefined
  const told = content.result
  if (told === undefined || Object.keys(content).length > 1) return undefined
  return typeof told === 'string' && /^\s*[{[]/.test(told) ? (parse(told) ?? told) : told
}

/** The same of a result, where its text does not show that `result` is a field of the tool's own: a text has no wrapper. */
export function wrappedBy({ content: blocks }: JsonObject, content: Json | undefined): Json | undefined {
  const told = wrappedIn(content)
  if (told === undefined || !Array.isArray(blocks)) return told
  const [first] = blocks
  const text = isObject(first) ? first.text : undefined
  const hasOwn = typeof text === 'string' && /^\s*\{\s*"result"\s*:/.test(text)
  return hasOwn && !(isObject(told) && told.result !== undefined) ? undefined : told
}

/** What lies at a pointer into an answer's content; where nothing does, what lies there in what it wraps. */
export function atAnswer(content: Json, pointer: string): Json | undefined {
  const found = atPointer(content, pointer)
  if (found !== undefined) return found
  const told = wrappedIn(content)
  return told === undefined ? undefined : atPointer(told, pointer)
}
