import type { Json } from './json.ts'

/** A JSON Pointer (RFC 6901): empty for the whole, else a slash before each step. */
export function isPointer(text: string): boolean {
  return text === '' || text.startsWith('/')
}

/** What lies at a pointer; undefined where nothing does. */
export function atPointer(value: Json, pointer: string): Json | undefined {
  if (pointer === '') return value
  let found: Json | undefined = value
  for (const step of pointer.slice(1).split('/')) {
    if (typeof found !== 'object' || found === null) return undefined
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~')
    if (!Object.hasOwn(found, key)) return undefined
    // Of a list, too: its items are properties by their number, and `length` is none of its own that JSON knows.
    if (Array.isArray(found) && !/^\d+$/.test(key)) return undefined
    found = (found as { readonly [key: string]: Json })[key]
  }
  return found
}
