import type { NodeFault } from './fault.ts'

/** Other files are closed and their numbers are free again: taken anew so often. */
const everyMs = 200

/** The process has no file descriptor left: what is open goes on, no connection and no file can be opened. */
export const filesUsedUp: NodeFault = {
  name: 'files-used-up',
  title: 'no file descriptor left: open connections go on, none can be opened',
  on: 'node',
  judgedBy: 'bounded',
  minimumForMs: 2_000,
  parameters: {},
  apply: (node) => node.useUpFiles(),
  async during(node, _, { signal, sleep }) {
    while (!signal.aborted) {
      await sleep(everyMs)
      if (!signal.aborted) await node.useUpFiles()
    }
  },
  heal: (node) => node.giveFilesBack(),
  seenBy: () => ['fresh'],
  isAffected: (sample) => sample.error !== null,
}
