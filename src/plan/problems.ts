import type { Problem } from '../domain/plan.ts'
import type { Place } from './tree.ts'

/** Collects what is wrong, so that all of it can be told in one go. */
export class Problems {
  readonly list: Problem[] = []

  add(place: Place, path: string, received: string, expected: string): void {
    this.list.push({ path, received, expected, line: place.line, file: place.file })
  }

  get count(): number {
    return this.list.length
  }
}

/** One block for a terminal: a line a problem, aligned. Empty text for none. */
export function formatProblems(problems: readonly Problem[]): string {
  const rows = problems.map((problem) => [where(problem), problem.path || '(the file)', problem] as const)
  const whereWidth = Math.max(0, ...rows.map(([at]) => at.length))
  const pathWidth = Math.max(0, ...rows.map(([, path]) => path.length))
  return rows
    .map(([at, path, { received, expected }]) => {
      return `${at.padEnd(whereWidth)}  ${path.padEnd(pathWidth)}  got ${received}; expected ${expected}\n`
    })
    .join('')
}

function where({ file, line }: Problem): string {
  return [file ?? '-', ...(line === null ? [] : [line])].join(':')
}

/** `; did you mean x?` when one of `names` is near enough to `word` for a slip of the hand, else empty. */
export function didYouMean(word: string, names: Iterable<string>): string {
  const near = nearest(word, names)
  return near === null ? '' : `; did you mean ${near}?`
}

function nearest(word: string, names: Iterable<string>): string | null {
  // A third of the word may be wrong: enough for slips, too little to suggest an unrelated name.
  let least = Math.max(1, Math.floor(word.length / 3)) + 1
  let found: string | null = null
  for (const name of names) {
    const edits = editDistance(word.toLowerCase(), name.toLowerCase())
    if (edits >= least) continue
    least = edits
    found = name
  }
  return found
}

/** Letters to add, drop, change or swap with a neighbour. Words are cut at 60 letters, so that the cost is bounded. */
export function editDistance(from: string, to: string): number {
  const a = from.slice(0, 60)
  const b = to.slice(0, 60)
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1]
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1))
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (swapped) best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1)
      row.push(best)
    }
    beforeLast = last
    last = row
  }
  return last[b.length] ?? 0
}

/** The names of a group for a message: all when few, else the first ones. */
export function listNames(names: Iterable<string>): string {
  const all = [...names]
  if (all.length === 0) return '(none)'
  return all.length <= 14 ? all.join(', ') : `${all.slice(0, 12).join(', ')} and ${all.length - 12} more`
}
