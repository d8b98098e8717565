import type { Words } from './words.ts'
import { isObject } from './words.ts'
import type { Json, Random } from './workload.ts'

/** A value that each call draws anew. */
export type Drawn = (random: Random) => string | number | boolean | null

const drawnExpected = 'a value, {int: [from, to]} or {pick: [a, b, …]}'

/** `7`, `a text`, `{int: [1, 500]}` (both included) or `{pick: [a, b]}`. */
export function readDrawn(words: Words, path: string, value: Json): Drawn | undefined {
  if (!isObject(value)) return Array.isArray(value) ? words.complain(path, value, drawnExpected) : () => value as string
  const [kind, ...others] = Object.keys(value)
  const { int, pick } = value
  if (others.length === 0 && kind === 'int' && Array.isArray(int)) {
    const [from, to] = int as readonly Json[]
    if (int.length === 2 && Number.isSafeInteger(from) && Number.isSafeInteger(to) && Number(from) <= Number(to))
      return (random) => random.int(Number(from), Number(to))
  }
  if (others.length === 0 && kind === 'pick' && Array.isArray(pick) && pick.length > 0) {
    const choices = pick as readonly (string | number | boolean | null)[]
    if (choices.every((each) => each === null || typeof each !== 'object')) return (random) => random.pick(choices)
  }
  return words.complain(path, value, drawnExpected)
}
