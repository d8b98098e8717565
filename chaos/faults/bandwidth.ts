import { type LinkFault, numberOf } from './fault.ts'
import { addToxics, direction, removeToxics, seenByShare, share, trustedSamples } from './toxic-parameters.ts'

/** What our probe sends and gets while this fault is near (src/observe/database-probe.ts). */
const largeAnswerBytes = 65_536

/** Data flows no faster than `rate`: a slow line, a throttled network, a neighbour that takes it all. */
export const bandwidth: LinkFault = {
  name: 'bandwidth',
  title: 'data flows no faster than a given rate',
  on: 'link',
  isToDatabase: true,
  judgedBy: 'launch',
  combines: true,
  minimumForMs: 5_000,
  parameters: {
    rate: {
      kind: 'size',
      unit: 'bytes',
      min: 10_240,
      max: 1_024_000,
      why: 'bytes a second for each connection; above 1000 KiB our own 64 KiB pass too soon to tell',
    },
    share,
    direction: direction('downstream', 'which way is narrow; answers are larger than questions'),
  },
  apply: (link, parameters) =>
    // Toxiproxy counts in KB of 1,000 bytes (toxics/bandwidth.go).
    addToxics(link, 'bandwidth', 'bandwidth', parameters, { rate: Math.round(numberOf(parameters, 'rate') / 1_000) }),
  heal: (link, parameters) => removeToxics(link, 'bandwidth', parameters),
  seenBy: seenByShare,
  samplesToTrust: trustedSamples,
  question: () => ({ sql: null, isLarge: true }),
  isAffected(sample, parameters) {
    if (sample.roundTripMs === null) return true
    // Half of what the answer takes at that rate: the proxy lets the first pieces through at once.
    return sample.roundTripMs >= (500 * largeAnswerBytes) / numberOf(parameters, 'rate')
  },
}
