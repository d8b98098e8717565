import { type LinkFault, numberOf } from './fault.ts'
import { addToxics, direction, removeToxics, seenByShare, share, trustedSamples } from './toxic-parameters.ts'

/** Data is dropped, and a connection on which none has come for `after` is closed: a firewall that forgets flows. */
export const timeout: LinkFault = {
  name: 'timeout',
  title: 'data is lost and connections are closed after a while',
  on: 'link',
  judgedBy: 'bounded',
  minimumForMs: 2_000,
  parameters: {
    after: {
      kind: 'duration',
      unit: 'ms',
      min: 1,
      max: 60_000,
      default: 1_000,
      why: 'of silence, until a connection is closed; each piece that is dropped begins it anew',
    },
    share,
    direction: direction('downstream', 'whose data is dropped'),
  },
  apply: (link, parameters) =>
    addToxics(link, 'timeout', 'timeout', parameters, { timeout: Math.round(numberOf(parameters, 'after')) }),
  heal: (link, parameters) => removeToxics(link, 'timeout', parameters),
  seenBy: seenByShare,
  samplesToTrust: trustedSamples,
  isAffected: (sample) => sample.error !== null,
}
