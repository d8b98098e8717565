import { outcomes } from '../domain/outcome.ts'
import type { CallSet } from '../measure/call-set.ts'
import { there } from '../measure/there.ts'

const unsentCode = outcomes.indexOf('unsent')

/** What the users of calls that were never sent were waiting for: which of the earlier calls had kept most of them. */
export function unsentHint(calls: CallSet, unsent: number, failures: number): string {
  const tool = holdingTool(calls)
  const of = tool === null ? '' : `, most often of ${tool}`
  const said = `their users still waited for the answer to an earlier call${of}`
  return `Most failures (${unsent} of ${failures}) were never sent: ${said}.`
}

/** The tool of the calls by whose end the users of unsent calls were free again; null: none of them is recorded. */
function holdingTool({ table, rows }: CallSet): string | null {
  const waits = new Map<string, number>()
  for (const row of rows) {
    if (table.outcome[row] !== unsentCode) continue
    const free = freeAt(table.user[row], table.readyUs[row])
    waits.set(free, (waits.get(free) ?? 0) + 1)
  }
  const held = new Map<number, number>()
  for (const [row, code] of table.outcome.entries()) {
    if (code === unsentCode) continue
    const count = waits.get(freeAt(table.user[row], table.endedUs[row]))
    if (count === undefined) continue
    const tool = there(table.tool[row])
    held.set(tool, (held.get(tool) ?? 0) + count)
  }
  const [most] = [...held].sort(([a, countA], [b, countB]) => countB - countA || a - b)
  return most === undefined ? null : there(table.tools[most[0]])
}

function freeAt(user: number | undefined, atUs: number | undefined): string {
  return `${user} ${atUs}`
}
