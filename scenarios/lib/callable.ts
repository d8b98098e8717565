import type { Memory, ToolUse } from './workload.ts'

/**
 * The tool that a slot's user can call, as its number in `tools`: the slot's own, or where that has nothing yet to take
 * its arguments from, the source of these, as a user would look for some first. `instead` is told of another than its own.
 */
export function callable(
  tools: readonly ToolUse[],
  slot: number,
  memory: Memory,
  instead: (tool: number) => void,
): number {
  let tool = slot
  for (let steps = 0; steps < tools.length; steps++) {
    const use = tools[tool]
    if (use?.waits?.(memory) !== true) {
      if (tool !== slot) instead(tool)
      return tool
    }
    tool = tools.findIndex(({ name }) => name === use.after)
  }
  return slot
}
