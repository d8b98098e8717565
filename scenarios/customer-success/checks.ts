import type { Check, Json, JsonObject, Memory, Random, ToolUse } from '../lib/workload.ts'

/** What is wrong with an answer, or undefined. */
export type Problem = string | undefined

export type Arguments = Record<string, number | string | boolean>

/** What a tool is asked, and what must be true of its answer; the first problem makes it a wrong answer. */
interface Use {
  draw(random: Random, memory: Memory): Arguments
  problems(answer: JsonObject, args: JsonObject, memory: Memory): readonly Problem[]
}

/**
 * Every user has a copy of this program, and a function costs k6 a kilobyte: what a tool needs is made for each call
 * and forgotten. Kept instead, 54 tools cost each user 0.25 MB, which k6's collector goes through again and again.
 */
class CheckedTool implements ToolUse {
  declare readonly name: string
  declare readonly weight: number
  declare readonly expectedCodes: readonly string[]
  declare readonly use: () => Use

  constructor(name: string, weight: number, use: () => Use, expectedCodes: readonly string[]) {
    this.name = name
    this.weight = weight
    this.use = use
    this.expectedCodes = expectedCodes
  }

  arguments(random: Random, memory: Memory): Arguments {
    return this.use().draw(random, memory)
  }

  check(answer: Json, args: JsonObject, memory: Memory): Check {
    if (!isObject(answer)) return { wrong: `${this.name}: the answer is not an object` }
    const problem = this.use()
      .problems(answer, args, memory)
      .find((each) => each !== undefined)
    return problem === undefined ? 'ok' : { wrong: `${this.name}: ${problem}` }
  }
}

export function tool(name: string, weight: number, use: () => Use, expectedCodes = none): ToolUse {
  return new CheckedTool(name, weight, use, expectedCodes)
}

const none: readonly string[] = []

/** A write that names the version it read: that another writer was faster is an answer, not a failure. */
export const conflict = ['version_conflict', 'not_found']

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value of a field, or of a field of it, or undefined. */
export function at(value: Json | undefined, name: string, below?: string): Json | undefined {
  const here = isObject(value) ? value[name] : undefined
  return below === undefined ? here : at(here, below)
}

/** Texts leave out the values: they would make each wrong answer an error of its own. */
export function same(what: string, got: Json | undefined, asked: Json | undefined): Problem {
  return got !== undefined && got === asked ? undefined : `${what} is not the one asked for`
}

export function isNumber(what: string, value: Json | undefined): Problem {
  return typeof value === 'number' ? undefined : `${what} is not a number`
}

/** Each field of `part` has the value that was asked for under the same name. */
export function echoes(part: Json | undefined, args: JsonObject, ...names: readonly string[]): Problem {
  return echoesAll(part, args, names)
}

function echoesAll(part: Json | undefined, args: JsonObject, names: readonly string[]): Problem {
  // By index, here and below: in k6 each step of a `for … of` leaves an object behind, for every row of every answer.
  for (let index = 0; index < names.length; index++) {
    const name = names[index] as string
    const problem = same(name, at(part, name), args[name])
    if (problem !== undefined) return problem
  }
  return undefined
}

export function rowsOf(answer: JsonObject, name: string): readonly Json[] {
  const rows = answer[name]
  return Array.isArray(rows) ? rows : []
}

interface Rows {
  /** No more rows than these. */
  readonly most: Json | undefined
  /** How many there are in all, where the answer tells: then the list must be as long as that and `most` allow. */
  readonly total?: Json | undefined
  /** Fields that every row has with the value that was asked for. */
  readonly echo?: readonly string[]
  /** What every row must be. */
  readonly every?: (row: Json) => boolean
}

export function list(answer: JsonObject, name: string, args: JsonObject, { most, total, echo, every }: Rows): Problem {
  const rows = answer[name]
  if (!Array.isArray(rows)) return `${name} is not a list`
  if (typeof most === 'number' && rows.length > most) return `${name} is longer than asked for`
  if (typeof total === 'number' && typeof most === 'number' && rows.length !== Math.min(most, total)) {
    return `${name} does not fit its total`
  }
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index]
    const problem = echo === undefined ? undefined : echoesAll(row, args, echo)
    if (problem !== undefined) return `${name}: ${problem}`
    if (every !== undefined && !every(row)) return `${name} holds a row that was not asked for`
  }
  return undefined
}

/** The parts of a count add up to it. */
export function adds(part: Json | undefined, total: string, ...names: readonly string[]): Problem {
  let sum = 0
  for (const name of names) {
    const value = at(part, name)
    if (typeof value !== 'number') return `${name} is not a number`
    sum += value
  }
  return at(part, total) === sum ? undefined : `${names.join(' + ')} is not ${total}`
}

/** The rows' values of a field add up to a total. */
export function columnAdds(rows: readonly Json[], field: string, total: Json | undefined): Problem {
  let sum = 0
  for (const row of rows) {
    const value = at(row, field)
    if (typeof value !== 'number') return `${field} is not a number`
    sum += value
  }
  return sum === total ? undefined : `the ${field} of the parts do not add up to the total`
}

export function customerCode(id: Json | undefined): string {
  return `C-${String(id).padStart(5, '0')}`
}

/** The customer that was asked about, told by its id and by the code that only its own row has. */
export function customerIs(customer: Json | undefined, args: JsonObject): Problem {
  return (
    echoes(customer, args, 'customer_id') ??
    same('code of the customer', at(customer, 'code'), customerCode(args.customer_id))
  )
}

/** A write left an entry in the audit log. */
export function audited(answer: JsonObject): Problem {
  return isNumber('audit_id', answer.audit_id)
}

/** A version-checked write raised the version by one. */
export function advanced(part: Json | undefined, args: JsonObject): Problem {
  const version = args.version
  return at(part, 'version') === (typeof version === 'number' ? version + 1 : undefined)
    ? undefined
    : 'version is not one more than the one that was read'
}
