import type { LinkFault } from './fault.ts'

/** The link's listener is closed: old connections end, new ones are refused, as when a database process is gone. */
export const down: LinkFault = {
  name: 'down',
  title: 'connections closed and new ones refused',
  on: 'link',
  judgedBy: 'bounded',
  minimumForMs: 2_000,
  parameters: {},
  apply: (link) => link.setEnabled(false),
  heal: (link) => link.setEnabled(true),
  isAffected: (sample) => sample.error !== null,
}
