import { type LinkFault, numberOf } from './fault.ts'
import { addToxics, direction, removeToxics, seenByShare, share, trustedSamples } from './toxic-parameters.ts'

/** Each connection is closed once so much data has passed: a broken middlebox, an answer cut in its middle. */
export const limitData: LinkFault = {
  name: 'limit-data',
  title: 'connections are closed once so much data has passed',
  on: 'link',
  isToDatabase: true,
  judgedBy: 'bounded',
  minimumForMs: 2_000,
  parameters: {
    size: {
      kind: 'size',
      unit: 'bytes',
      min: 1,
      max: 32_768,
      default: 16_384,
      why: 'a connection; above 32 KiB our own 64 KiB would not be sure to meet it',
    },
    share,
    direction: direction('downstream', 'whose data is counted'),
  },
  apply: (link, parameters) =>
    addToxics(link, 'limit-data', 'limit_data', parameters, { bytes: Math.round(numberOf(parameters, 'size')) }),
  heal: (link, parameters) => removeToxics(link, 'limit-data', parameters),
  seenBy: seenByShare,
  samplesToTrust: trustedSamples,
  question: () => ({ sql: null, isLarge: true }),
  isAffected: (sample) => sample.error !== null,
}
