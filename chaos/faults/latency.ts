import { type LinkFault, numberOf } from './fault.ts'
import { addToxics, direction, removeToxics, seenByShare, share, trustedSamples } from './toxic-parameters.ts'

/**
 * A round trip seen from the client takes `delay` ± `jitter` longer. One toxic on the way down is enough: a second one
 * on the way up would add the delay again.
 */
export const latency: LinkFault = {
  name: 'latency',
  title: 'added latency on every round trip, with jitter',
  on: 'link',
  judgedBy: 'launch',
  combines: true,
  minimumForMs: 5_000,
  parameters: {
    delay: {
      kind: 'duration',
      unit: 'ms',
      min: 5,
      max: 60_000,
      why: 'added to each round trip; below 5 ms it cannot be told from the machine’s own noise',
    },
    jitter: {
      kind: 'duration',
      unit: 'ms',
      min: 0,
      max: 30_000,
      default: 0,
      why: 'the delay varies evenly within ± this',
    },
    share,
    direction: direction('downstream', 'which way is slow; `both` adds the delay twice to a round trip'),
  },
  apply: (link, parameters) =>
    addToxics(link, 'latency', 'latency', parameters, {
      latency: Math.round(numberOf(parameters, 'delay')),
      jitter: Math.round(numberOf(parameters, 'jitter')),
    }),
  heal: (link, parameters) => removeToxics(link, 'latency', parameters),
  seenBy: seenByShare,
  samplesToTrust: trustedSamples,
  isAffected(sample, parameters) {
    if (sample.roundTripMs === null) return true
    // The least delay that the toxic may have drawn, less a tenth for timers that fire early.
    const leastMs = Math.max(
      numberOf(parameters, 'delay') - numberOf(parameters, 'jitter'),
      numberOf(parameters, 'delay') / 2,
    )
    return sample.roundTripMs >= 0.9 * leastMs
  },
}
