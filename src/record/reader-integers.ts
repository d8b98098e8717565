const bracketOpen = 0x5b
const bracketClose = 0x5d
const comma = 0x2c
const minus = 0x2d
const zero = 0x30
const nine = 0x39
const letterN = 0x6e
const letterU = 0x75
const letterL = 0x6c
/** 15 digits are exact in a double; 10^15 µs are 31 years. */
const digitsMax = 15

/**
 * Reads `[1,-2,null]` from bytes [start, end) into `into`, NaN for null: exactly as many values as `into` has.
 * False when the row is anything else, blanks and fractions included. Measured on 1,000,000 rows of a calls stream:
 * 0.13 s, where JSON.parse took 0.45 s.
 */
export function parseIntegerRow(buffer: Buffer, start: number, end: number, into: Float64Array): boolean {
  const last = into.length - 1
  if (last < 0 || buffer[start] !== bracketOpen) return false
  let at = start + 1
  for (let column = 0; column <= last; column++) {
    const after = buffer[at] === letterN ? afterNull(buffer, at) : afterInteger(buffer, at)
    if (after < 0 || buffer[after] !== (column === last ? bracketClose : comma)) return false
    into[column] = buffer[at] === letterN ? Number.NaN : integer(buffer, at, after)
    at = after + 1
  }
  return at === end
}

/** The byte after `null`, the only word in a row, or -1. */
function afterNull(buffer: Buffer, at: number): number {
  const isNull = buffer[at + 1] === letterU && buffer[at + 2] === letterL && buffer[at + 3] === letterL
  return isNull ? at + 4 : -1
}

/** The byte after an integer, or -1 when there is none, or one too long. */
function afterInteger(buffer: Buffer, at: number): number {
  const from = buffer[at] === minus ? at + 1 : at
  let after = from
  for (let byte = buffer[after] ?? 0; byte >= zero && byte <= nine; byte = buffer[after] ?? 0) after += 1
  return after === from || after - from > digitsMax ? -1 : after
}

function integer(buffer: Buffer, at: number, after: number): number {
  const negative = buffer[at] === minus
  let value = 0
  for (let digit = negative ? at + 1 : at; digit < after; digit++) value = value * 10 + ((buffer[digit] ?? zero) - zero)
  return negative ? -value : value
}
