import { type LinkFault, numberOf } from './fault.ts'
import { share, trustedSamples } from './toxic-parameters.ts'

const toxicName = 'squall-slow-close'

/** A connection that one side has closed lives on for the other: what it holds, a slot or a socket, stays taken. */
export const slowClose: LinkFault = {
  name: 'slow-close',
  title: 'connections that the other side has closed stay open for a while',
  on: 'link',
  isToDatabase: true,
  judgedBy: 'bounded',
  minimumForMs: 2_000,
  parameters: {
    delay: {
      kind: 'duration',
      unit: 'ms',
      min: 100,
      max: 60_000,
      default: 2_000,
      why: 'until the other side hears of it. Below 100 ms a busy machine closes as slowly by itself',
    },
    share,
  },
  // Of the answers: a database that is told goodbye by a message closes at once, and it is the client that waits.
  apply: (link, parameters) =>
    link.addToxic({
      name: toxicName,
      type: 'slow_close',
      stream: 'downstream',
      toxicity: numberOf(parameters, 'share'),
      attributes: { delay: Math.round(numberOf(parameters, 'delay')) },
    }),
  heal: (link) => link.removeToxic(toxicName),
  question: () => ({ sql: null, isLarge: false, isGoodbye: true }),
  // A long-lived connection is not closed.
  seenBy: () => ['fresh'],
  samplesToTrust: trustedSamples,
  isAffected: (sample, parameters) =>
    sample.error === 'timeout' || (sample.roundTripMs ?? 0) >= numberOf(parameters, 'delay') * 0.9,
}
