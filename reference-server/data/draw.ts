/**
 * SQL expressions that draw pseudo-random values from (seed, table, column, row id) and nothing else, so that one
 * seed gives one data set whatever the order of loading. PostgreSQL's own hash does the mixing: hash partitioning
 * rests on it, so it cannot change between versions.
 */
export interface Draw {
  /** A double in [0, 1). */
  unit(): string
  /** A whole number in [min, max], both included. */
  int(min: number, max: number): string
  /** A whole number in [min, max] that prefers the low end: the cumulative share at x is the square root of x. */
  lowInt(min: number, max: number): string
  /** One of the texts, each as likely as it is often named. */
  pick(choices: readonly string[]): string
  /** True with the given probability in [0, 1]. */
  chance(probability: number): string
  /** A time `minDays`..`maxDays` before the epoch (negative: after it), to the minute. */
  before(minDays: number, maxDays: number): string
  /** A date `minDays`..`maxDays` after the epoch (negative: before it). */
  dateAfter(minDays: number, maxDays: number): string
}

/** "Now" of the generated data. Fixed, so that the same seed gives the same bytes on any day. */
export const epoch = '2026-01-01'

const minutesPerDay = 1_440
// A double holds 53 bits exactly; the division by a power of two is then exact on every machine.
const unitBits = '9007199254740991'
const unitRange = '9007199254740992'

function saltOf(table: string): number {
  let salt = 0
  for (const character of table) salt = (salt * 31 + (character.codePointAt(0) ?? 0)) % 1_000_000
  return salt * 1_000
}

/** Draws for one table; each expression asked for has a salt of its own. The row's id is the column `id`. */
export function drawFor(table: string, seed: number): Draw {
  let salt = saltOf(table)
  const unit = (): string => {
    salt += 1
    // The seed takes the upper half of the 64 bits, the salt the lower.
    const key = (BigInt(seed) << 32n) + BigInt(salt)
    return `(((hashint8extended(id::int8, ${key}) >> 7) & ${unitBits})::float8 / ${unitRange})`
  }
  const scaled = (fraction: string, min: number, max: number): string =>
    `(${min} + floor(${fraction} * ${max - min + 1}))::int`
  const int = (min: number, max: number): string => scaled(unit(), min, max)
  return {
    unit,
    int,
    lowInt: (min, max) => scaled(`power(${unit()}, 2)`, min, max),
    pick: (choices) => `(array[${choices.map((choice) => `'${choice}'`).join(',')}])[${int(1, choices.length)}]`,
    chance: (probability) => `(${unit()} < ${probability})`,
    before: (minDays, maxDays) =>
      `(timestamptz '${epoch} 00:00:00+00' - ${int(minDays * minutesPerDay, maxDays * minutesPerDay)} * interval '1 minute')`,
    dateAfter: (minDays, maxDays) => `(date '${epoch}' + ${int(minDays, maxDays)})`,
  }
}
