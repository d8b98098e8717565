import { type FaultParameters, type NodeFault, numberOf } from './fault.ts'

/** A share of so long a slice is left, in one piece. Long against the ms that a signal takes to reach a process tree. */
const sliceMs = 200

function stoppedMs(parameters: FaultParameters): number {
  return sliceMs * (1 - numberOf(parameters, 'share'))
}

/**
 * The processor is taken from a node for a part of each slice of time, whatever else the machine has to do: what a
 * container with a CPU quota, or a neighbour on the same host, makes of it. Only this node's processes are stopped.
 */
export const cpuQuota: NodeFault = {
  name: 'cpu-quota',
  title: 'the process and its children run for a share of each 200 ms only',
  on: 'node',
  judgedBy: 'launch',
  minimumForMs: 3_000,
  parameters: {
    share: {
      kind: 'ratio',
      unit: 'ratio',
      min: 0.05,
      max: 0.7,
      default: 0.3,
      why: 'of the time that is left to it. Above 0.7 the pauses are shorter than what a busy machine has by itself',
    },
  },
  apply: async () => undefined,
  async during(node, parameters, { signal, sleep }) {
    const pauseMs = stoppedMs(parameters)
    while (!signal.aborted) {
      await node.signal('SIGSTOP')
      await sleep(pauseMs)
      await node.signal('SIGCONT')
      await sleep(sliceMs - pauseMs)
    }
  },
  heal: (node) => node.signal('SIGCONT'),
  // A fresh connection that meets the pause waits for it while it opens, which its round trip does not tell.
  seenBy: () => ['long'],
  // One sample of each slice meets the pause, and waits for most of it; up to 13 of 15 ms each lie between two of them.
  samplesToTrust: () => 20,
  isAffected: (sample, parameters) => sample.error !== null || (sample.roundTripMs ?? 0) >= stoppedMs(parameters) * 0.6,
}
