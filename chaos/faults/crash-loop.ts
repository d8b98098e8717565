import { type NodeFault, numberOf } from './fault.ts'

/** The process is killed, comes back, and is killed again: what an orchestrator makes of a broken release. */
export const crashLoop: NodeFault = {
  name: 'crash-loop',
  title: 'the process killed, started anew and killed again, over and over',
  on: 'node',
  judgedBy: 'bounded',
  minimumForMs: 5_000,
  parameters: {
    down: {
      kind: 'duration',
      unit: 'ms',
      min: 200,
      max: 30_000,
      default: 1_000,
      why: 'from a death to the next start',
    },
    up: {
      kind: 'duration',
      unit: 'ms',
      min: 200,
      max: 30_000,
      default: 1_000,
      why: 'from being ready to the next death',
    },
  },
  apply: (node) => node.signal('SIGKILL'),
  async during(node, parameters, { signal, sleep }) {
    while (!signal.aborted) {
      await sleep(numberOf(parameters, 'down'))
      if (signal.aborted) return
      await node.start()
      await sleep(numberOf(parameters, 'up'))
      if (signal.aborted) return
      await node.signal('SIGKILL')
    }
  },
  heal: (node) => node.start(),
  isAffected: (sample) => sample.error !== null,
}
