import { type StdioPlan, type StdioShare, stdioShares } from '../../domain/bridge.ts'
import type { NodeSpec, StackPlan } from '../../domain/plan.ts'
import { stdioProcessesDefault, stdioProcessesMax } from '../limits.ts'
import type { Problems } from '../problems.ts'
import {
  anyText,
  joinPath,
  list,
  object,
  oneOf,
  optional,
  placeOf,
  type Read,
  receivedAt,
  required,
  type Spot,
  wholeIn,
} from '../shape.ts'
import { child } from '../tree.ts'

/** `nodes.<id>.stdio`, with the command that belongs to it. */
export type ReadStdio = StdioPlan & { readonly command: readonly string[] }

export const readStdio: Read<ReadStdio> = object({
  command: required(list(anyText, 1)),
  share: optional<StdioShare>(oneOf(stdioShares, 'how the process is shared'), 'all'),
  max: optional(wholeIn(1, stdioProcessesMax), stdioProcessesDefault),
})

/** The node's command, and how it is spoken to. */
export function startOf(
  command: readonly string[] | null,
  stdio: ReadStdio | null,
): Pick<NodeSpec, 'command' | 'stdio'> {
  if (stdio === null) return { command }
  return { command: stdio.command, stdio: { share: stdio.share, max: stdio.max } }
}

/** The bridge refuses users beyond `max`: its own bound is not to be told as the server's. `users`: at one time. */
export function checkStdioUsers(stack: StackPlan, users: number, problems: Problems): void {
  for (const { id, stdio } of Object.values(stack.nodes)) {
    if (stdio === undefined || stdio.share !== 'user' || stdio.max >= users) continue
    const expected = `at least ${users}, as many as there are users, or share: all`
    problems.add({ file: null, line: null }, `stack.nodes.${id}.stdio.max`, String(stdio.max), expected)
  }
}

/** What means nothing beside `stdio`, or beside its `share`. */
export function checkStdio(spot: Spot, problems: Problems): void {
  const stdio = child(spot.tree, 'stdio')
  if (stdio === null) return
  const refuse = (at: Spot, key: string, expected: string): void =>
    problems.add(placeOf(at, key), joinPath(at.path, key), receivedAt(at, key), expected)
  if (child(spot.tree, 'command') !== null) refuse(spot, 'command', 'nothing: stdio has the command')
  if (child(child(spot.tree, 'ready'), 'path') !== null)
    refuse(spot, 'ready', 'no path: one that speaks over its standard input is ready when it has answered initialize')
  const share = child(stdio, 'share')
  if (child(stdio, 'max') !== null && !(share?.kind === 'scalar' && share.value === 'user'))
    refuse({ tree: stdio, path: `${spot.path}.stdio` }, 'max', 'nothing: only with share: user there are several')
}
