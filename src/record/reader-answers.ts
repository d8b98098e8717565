import { readStream, type StreamState } from './reader-stream.ts'

/** One good answer: digests of what was asked and of what was answered. */
export interface AnswerRow {
  readonly tool: string
  readonly asked: string
  readonly answer: string
  /** Of the answer without what was asked, times and drawn ids; null: the run's version did not tell. */
  readonly rest: string | null
  /** How many facts that leaves. */
  readonly facts: number
}

const columnNames = ['tool', 'arguments', 'answer', 'rest', 'facts'] as const

/** Reads the answers of one load instance into `rows`. */
export function readAnswerRows(path: string, file: string, bootId: string | null, rows: AnswerRow[]): StreamState {
  const tools = new Map<unknown, string>()
  let at: readonly number[] = []
  /** Before there were these columns nobody told. */
  let isTold = false
  return readStream(path, file, bootId, {
    header({ columns }) {
      at = columnNames.map((name) => columns.indexOf(name))
      isTold = columns.includes('rest') && columns.includes('facts')
    },
    dict(kind, number, text) {
      if (kind === 'tool') tools.set(number, text)
    },
    row(buffer, start, end) {
      const cells = parse(buffer.toString('utf8', start, end))
      const [tool, asked, answer, rest, facts] = at.map((column) => cells[column])
      const name = tools.get(tool)
      if (name === undefined || typeof asked !== 'string' || typeof answer !== 'string') return false
      if (isTold && (typeof rest !== 'string' || typeof facts !== 'number')) return false
      rows.push({ tool: name, asked, answer, rest: isTold ? String(rest) : null, facts: isTold ? Number(facts) : 0 })
      return true
    },
  })
}

/** Empty where it is no list. */
function parse(line: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(line)
    return Array.isArray(value) ? value : []
  } catch {
    return []
  }
}
