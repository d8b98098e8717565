import { decideAndHandOver, takeOverAfter } from './cluster-of.ts'
import { type NodeFault, numberOf } from './fault.ts'

const lost = takeOverAfter('SIGSTOP')
/** How often it is asked whether somebody has taken over. */
const promotedEveryMs = 100

/**
 * The old primary comes back while another has taken over, and takes writes from whoever is still connected to it: what
 * it acknowledges then is on no other node, and is lost when it is ended and becomes a replica.
 */
export const splitBrain: NodeFault = {
  ...lost,
  name: 'split-brain',
  title: 'the primary silent, a replica promoted; then the old one takes writes again, until the end',
  minimumForMs: 6_000,
  parameters: {
    ...lost.parameters,
    back: {
      kind: 'duration',
      unit: 'ms',
      min: 1_000,
      max: 300_000,
      default: 4_000,
      why: 'from the harm until the old primary goes on: longer than it takes until another has taken over',
    },
  },
  async during(node, parameters, doing) {
    const goesOn = doing.sleep(numberOf(parameters, 'back'))
    await Promise.all([decideAndHandOver(node, parameters, doing), goesOn])
    // Before anybody has taken over it would only have paused.
    while (!doing.signal.aborted && node.cluster?.primary() === node.id) await doing.sleep(promotedEveryMs)
    if (doing.signal.aborted) throw new Error(`nobody had taken over by the end: ${node.id} never came back beside it`)
    await node.signal('SIGCONT')
    node.tell('went_on', {})
  },
}
