import type { LinkFault } from './fault.ts'
import { addToxics, direction, removeToxics, seenByShare, share, trustedSamples } from './toxic-parameters.ts'

/** Longer than any run: nothing that enters comes out before the fault is healed. */
const foreverMs = 24 * 3_600_000

/**
 * Nothing passes, nobody is told, every socket stays open; what was on its way arrives when it is healed.
 * By a very long delay and not by Toxiproxy's `timeout` toxic: that one drops bytes, and closes every connection when
 * it is removed, which heals the very pools that a black hole is to test.
 */
export const blackHole: LinkFault = {
  name: 'black-hole',
  title: 'nothing passes and no socket closes; held data arrives at the end',
  on: 'link',
  judgedBy: 'bounded',
  minimumForMs: 2_000,
  parameters: { share, direction: direction('both', 'one way alone is a half-open link: asked and never answered') },
  apply: (link, parameters) => addToxics(link, 'black-hole', 'latency', parameters, { latency: foreverMs, jitter: 0 }),
  heal: (link, parameters) => removeToxics(link, 'black-hole', parameters),
  seenBy: seenByShare,
  samplesToTrust: trustedSamples,
  isAffected: (sample) => sample.error !== null,
}
