import { type LinkFault, numberOf } from './fault.ts'

const toxicName = 'squall-latency'

/**
 * A round trip seen from the client takes `delay` ± `jitter` longer. One toxic on the way down is enough: a second one
 * on the way up would add the delay again.
 */
export const latency: LinkFault = {
  name: 'latency',
  title: 'added latency on every round trip, with jitter',
  on: 'link',
  judgedBy: 'launch',
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
  },
  apply: (link, parameters) =>
    link.addToxic({
      name: toxicName,
      type: 'latency',
      stream: 'downstream',
      toxicity: 1,
      attributes: {
        latency: Math.round(numberOf(parameters, 'delay')),
        jitter: Math.round(numberOf(parameters, 'jitter')),
      },
    }),
  heal: (link) => link.removeToxic(toxicName),
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
