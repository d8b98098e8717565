import { type LinkFault, numberOf } from './fault.ts'
import { addToxics, direction, removeToxics, seenByShare, share, trustedSamples } from './toxic-parameters.ts'

const largeAnswerBytes = 65_536
/** Toxiproxy's own default is no variation; a little keeps slices from falling on the same borders. */
const variationShare = 0.25

/** Data arrives in small slices with pauses: whoever takes a packet for a message breaks here. */
export const slicer: LinkFault = {
  name: 'slicer',
  title: 'data arrives in small slices, with a pause after each',
  on: 'link',
  isToDatabase: true,
  judgedBy: 'launch',
  combines: true,
  minimumForMs: 5_000,
  parameters: {
    size: {
      kind: 'size',
      unit: 'bytes',
      min: 16,
      max: 2_048,
      default: 1_024,
      why: 'of a slice, on average; larger ones are too few to tell',
    },
    delay: {
      kind: 'duration',
      unit: 'ms',
      min: 2,
      max: 1_000,
      default: 2,
      why: 'after each slice; below 2 ms it cannot be told from a busy machine',
    },
    share,
    direction: direction('downstream', 'which way is sliced'),
  },
  apply(link, parameters) {
    const size = numberOf(parameters, 'size')
    return addToxics(link, 'slicer', 'slicer', parameters, {
      average_size: Math.round(size),
      size_variation: Math.round(size * variationShare),
      delay: Math.round(numberOf(parameters, 'delay') * 1_000), // µs (toxics/slicer.go)
    })
  },
  heal: (link, parameters) => removeToxics(link, 'slicer', parameters),
  seenBy: seenByShare,
  samplesToTrust: trustedSamples,
  question: () => ({ sql: null, isLarge: true }),
  isAffected(sample, parameters) {
    if (sample.roundTripMs === null) return true
    const slices = largeAnswerBytes / numberOf(parameters, 'size')
    return sample.roundTripMs >= 0.5 * slices * numberOf(parameters, 'delay')
  },
}
