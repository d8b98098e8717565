import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import type { Json, JsonObject } from '../../domain/json.ts'
import { rowsOf } from '../../domain/rows.ts'
import { parseCsv } from './csv.ts'
import { fileBytesMax, rowsMax } from './limits.ts'

/** The rows of a CSV or JSON file; of more than the limit those that the seed picks, in the file's order. Throws as below. */
export function rowsOfFile(file: string, seed: number): readonly JsonObject[] {
  const { rows } = readRowFile(file)
  return rows.length <= rowsMax ? rows : picked(rows, seed)
}

interface ReadRowFile {
  /** All of them, in the file's order. */
  readonly rows: readonly JsonObject[]
  /** Of its bytes. */
  readonly sha256: string
}

/** A CSV or JSON file. Throws an Error that says what is wrong with it. */
export function readRowFile(file: string): ReadRowFile {
  const { size } = statSync(file)
  if (size > fileBytesMax) throw new RangeError(`it has ${size} bytes, and at most ${fileBytesMax} are read`)
  const bytes = readFileSync(file)
  const text = bytes.toString('utf8')
  const rows = /\.json$/i.test(file) ? rowsOf(JSON.parse(text) as Json, Number.POSITIVE_INFINITY) : parseCsv(text)
  if (rows.length === 0) throw new RangeError('it has no rows')
  return { rows, sha256: createHash('sha256').update(bytes).digest('hex') }
}

function picked(rows: readonly JsonObject[], seed: number): readonly JsonObject[] {
  const lots = rows.map((_, index) => ({ index, lot: createHash('sha256').update(`${seed}/${index}`).digest('hex') }))
  const drawn = lots.sort((a, b) => (a.lot < b.lot ? -1 : 1)).slice(0, rowsMax)
  const indexes = new Set(drawn.map(({ index }) => index))
  return rows.filter((_, index) => indexes.has(index))
}
