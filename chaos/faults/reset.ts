import type { LinkFault } from './fault.ts'
import { addToxics, direction, removeToxics, seenByShare, share, trustedSamples } from './toxic-parameters.ts'

/** Connections are cut with a TCP reset as soon as data would pass; new ones fare no better until it is healed. */
export const reset: LinkFault = {
  name: 'reset',
  title: 'connections reset by the network as soon as data comes',
  on: 'link',
  judgedBy: 'bounded',
  minimumForMs: 2_000,
  parameters: { share, direction: direction('downstream', 'whose data is answered by the reset') },
  apply: (link, parameters) => addToxics(link, 'reset', 'reset_peer', parameters, { timeout: 0 }),
  heal: (link, parameters) => removeToxics(link, 'reset', parameters),
  seenBy: seenByShare,
  samplesToTrust: trustedSamples,
  isAffected: (sample) => sample.error !== null,
}
