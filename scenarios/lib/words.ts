import type { WordProblem } from './planned.ts'
import type { Json, JsonObject } from './workload.ts'

/** Reads a plan's words to a workload, and collects all that is wrong with them: `undefined` stands for a told problem. */
export class Words {
  readonly problems: WordProblem[] = []

  complain(path: string, value: unknown, expected: string): undefined {
    this.problems.push({ path, received: value === undefined ? 'nothing' : shown(value), expected })
    return undefined
  }

  /** A map with these keys and no others. */
  object(path: string, value: Json | undefined, keys: readonly string[]): JsonObject | undefined {
    if (!isObject(value)) return this.complain(path, value, `keys: ${keys.join(', ')}`)
    for (const key of Object.keys(value))
      if (!keys.includes(key)) this.complain(join(path, key), key, `a known key: ${keys.join(', ')}`)
    return value
  }

  /** A map by name, with at least one entry. */
  named<T>(path: string, value: Json | undefined, what: string, read: (path: string, value: Json) => T | undefined) {
    // null takes away what a plan inherits.
    const entries = isObject(value) ? Object.entries(value).filter(([, each]) => each !== null) : []
    if (entries.length === 0) return this.complain(path, value, `at least one ${what}, by its name`)
    const found = entries.map(([name, each]) => [name, read(join(path, name), each as Json)] as const)
    return found.filter((entry): entry is readonly [string, T & {}] => entry[1] !== undefined)
  }

  text(path: string, value: Json | undefined): string | undefined {
    if (typeof value === 'string' && value.trim() !== '') return value
    return this.complain(path, value, 'a text')
  }

  oneOf<N extends string>(path: string, value: Json | undefined, names: readonly N[]): N | undefined {
    const found = names.find((name) => name === value)
    return found ?? this.complain(path, value, `one of ${names.join(', ')}`)
  }

  number(path: string, value: Json | undefined, min: number, max: number): number | undefined {
    if (typeof value === 'number' && value >= min && value <= max) return value
    return this.complain(path, value, `a number in ${min}..${max}`)
  }

  whole(path: string, value: Json | undefined, min: number, max: number): number | undefined {
    if (Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max) return Number(value)
    return this.complain(path, value, `a whole number in ${min}..${max}`)
  }

  list<T>(path: string, value: Json | undefined, read: (path: string, value: Json) => T | undefined): T[] | undefined {
    if (!Array.isArray(value) || value.length === 0) return this.complain(path, value, 'a list of at least one')
    const items: (T | undefined)[] = value.map((each: Json, index) => read(`${path}[${index}]`, each))
    const good = items.filter((each): each is T & {} => each !== undefined)
    return good.length === items.length ? good : undefined
  }
}

export function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`
}
