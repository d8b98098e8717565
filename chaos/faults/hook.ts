import type { HookControl, NodeControl } from '../../src/domain/node-control.ts'
import type { NodeFault } from './fault.ts'

/** The plan's check refuses this fault without both hooks. */
function hooksOf({ id, hooks }: NodeControl): HookControl {
  if (hooks === undefined) throw new TypeError(`the stack of ${id} has no hooks`)
  return hooks
}

/** Whatever the users' own commands do to a node, as long as it does not answer meanwhile. */
export const hook: NodeFault = {
  name: 'hook',
  title: 'what your own command hooks.inject does, until hooks.heal; the node does not answer meanwhile',
  on: 'node',
  byHooks: true,
  judgedBy: 'bounded',
  minimumForMs: 3_000,
  parameters: {},
  apply: (node) => hooksOf(node).run('inject'),
  heal: (node) => hooksOf(node).run('heal'),
  patienceMs: (node) => ({ apply: hooksOf(node).msMax('inject'), heal: hooksOf(node).msMax('heal') }),
  isAffected: (sample) => sample.error !== null,
}
