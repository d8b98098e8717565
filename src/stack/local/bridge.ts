import { fileURLToPath } from 'node:url'
import type { NodeSpec } from '../../domain/plan.ts'

/**
 * The node as it is started: one that speaks over its standard input gets the bridge before it, which is then the node's
 * process, with those of the server below it. So whatever is done to the node's process tree is done to all of them.
 */
export function behindBridge(node: NodeSpec): NodeSpec {
  const { stdio, command } = node
  if (stdio === undefined || command === null) return node
  return { ...node, command: [process.execPath, bridgeMain, stdio.share, String(stdio.max), ...command] }
}

const isSource = import.meta.url.endsWith('.ts')
const bridgeMain = fileURLToPath(new URL(`../../bridge/main.${isSource ? 'ts' : 'js'}`, import.meta.url))
