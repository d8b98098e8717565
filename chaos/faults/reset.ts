import type { LinkFault } from './fault.ts'

const toxicName = 'squall-reset'

/** Connections are cut with a TCP reset as soon as an answer would come; new ones fare no better until it is healed. */
export const reset: LinkFault = {
  name: 'reset',
  title: 'connections reset by the network as soon as data comes',
  on: 'link',
  judgedBy: 'bounded',
  minimumForMs: 2_000,
  parameters: {},
  apply: (link) =>
    link.addToxic({
      name: toxicName,
      type: 'reset_peer',
      stream: 'downstream',
      toxicity: 1,
      attributes: { timeout: 0 },
    }),
  heal: (link) => link.removeToxic(toxicName),
  isAffected: (sample) => sample.error !== null,
}
