import { type LinkFault, numberOf } from './fault.ts'

/** The link goes down and comes back, again and again: each return invites everybody to connect anew. */
export const flapping: LinkFault = {
  name: 'flapping',
  title: 'connections closed and refused, then let in again, over and over',
  on: 'link',
  judgedBy: 'bounded',
  minimumForMs: 4_000,
  parameters: {
    down: {
      kind: 'duration',
      unit: 'ms',
      min: 100,
      max: 30_000,
      default: 1_000,
      why: 'each time; less than 100 ms may fall between two samples of ours',
    },
    up: { kind: 'duration', unit: 'ms', min: 100, max: 30_000, default: 1_000, why: 'between two times' },
  },
  apply: (link) => link.setEnabled(false),
  async during(link, parameters, { signal, sleep }) {
    let isUp = false
    while (!signal.aborted) {
      await sleep(numberOf(parameters, isUp ? 'up' : 'down'))
      if (signal.aborted) return
      isUp = !isUp
      await link.setEnabled(isUp)
    }
  },
  heal: (link) => link.setEnabled(true),
  isAffected: (sample) => sample.error !== null,
}
