import type { Json, JsonObject } from '../../domain/json.ts'

/** A field in quotes, in which two quotes are one (RFC 4180), or up to the next comma or line end; then what ends it. */
const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|\r|$)/y

/**
 * Rows by the names in the first line. A field without quotes that JSON reads as a number, true or false is that, and
 * an empty one is left out; in quotes it is always a text. Throws a SyntaxError that names the line.
 */
export function parseCsv(text: string): readonly JsonObject[] {
  const [names, ...lines] = records(text.replace(/^\uFEFF/, ''))
  if (names === undefined) return []
  const keys = names.map((name) => String(name ?? ''))
  return lines.map((cells, index) => {
    if (cells.length !== keys.length) {
      throw new SyntaxError(`row ${index + 1} has ${cells.length} fields, and the first line names ${keys.length}`)
    }
    return Object.fromEntries(
      keys.flatMap((key, column) => {
        const cell = cells[column]
        return cell === undefined || cell === null ? [] : [[key, cell]]
      }),
    )
  })
}

function records(text: string): Json[][] {
  const found: Json[][] = []
  let cells: Json[] = []
  field.lastIndex = 0
  while (field.lastIndex < text.length) {
    const from = field.lastIndex
    const match = field.exec(text)
    if (match === null) throw new SyntaxError(`line ${lineOf(text, from)} has a quote where none belongs`)
    const [, quoted, plain = '', end] = match
    cells.push(quoted === undefined ? plainCell(plain) : quoted.replaceAll('""', '"'))
    if (end === ',') {
      // A comma at the very end is followed by one more field, an empty one.
      if (field.lastIndex === text.length) cells.push(null)
      else continue
    }
    // An empty line is none.
    if (cells.length > 1 || cells[0] !== null) found.push(cells)
    cells = []
  }
  return cells.length > 0 ? [...found, cells] : found
}

function plainCell(text: string): Json {
  const trimmed = text.trim()
  if (trimmed === '') return null
  if (trimmed === 'true' || trimmed === 'false') return trimmed === 'true'
  const isNumber = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(trimmed)
  // A number that would not be written so again is an id, say of 20 digits.
  return isNumber && String(Number(trimmed)) === trimmed ? Number(trimmed) : trimmed
}

function lineOf(text: string, index: number): number {
  return text.slice(0, index).split(/\r\n|\n|\r/).length
}
