import type { LinkFault } from './fault.ts'

/** Longer than any run: nothing that enters comes out before the fault is healed. */
const foreverMs = 24 * 3_600_000

const streams = ['upstream', 'downstream'] as const

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
  parameters: {},
  async apply(link) {
    for (const stream of streams)
      await link.addToxic({
        name: `squall-black-hole-${stream}`,
        type: 'latency',
        stream,
        toxicity: 1,
        attributes: { latency: foreverMs, jitter: 0 },
      })
  },
  async heal(link) {
    for (const stream of streams) await link.removeToxic(`squall-black-hole-${stream}`)
  },
  isAffected: (sample) => sample.error !== null,
}
