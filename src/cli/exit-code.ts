/** The gravest first: what a person must hear of before the rest. */
const byGravity = [64, 130, 3, 1, 2, 0]

/** The exit code of a process in which both were earned; null: none yet. A code that is none of ours counts as 3. */
export function graver(before: number | null, code: number): number {
  const known = byGravity.includes(code) ? code : 3
  if (before === null) return known
  return byGravity.indexOf(known) < byGravity.indexOf(before) ? known : before
}
