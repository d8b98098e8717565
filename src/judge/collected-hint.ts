import { usPerSecond } from '../domain/time.ts'
import type { Window } from '../domain/verdict.ts'
import type { RunView } from '../measure/run-view.ts'
import { spoken } from './wording.ts'

/** What waited for a processor is served this soon after it is free again: a pool that filled meanwhile has emptied. */
const afterwardsUs = usPerSecond

/** That the generator collected its garbage in a window, or just before; null: it did not, or nobody knows. */
export function collectedHint(view: RunView, { spans }: Pick<Window, 'spans'>): string | null {
  const collections = (view.folder.timeline?.rows ?? []).flatMap(({ kind, data, tUs }) =>
    kind === 'load' && data.edge === 'collected' && typeof data.us === 'number'
      ? [{ fromUs: tUs, tookUs: data.us }]
      : [],
  )
  const within = collections.filter(({ fromUs, tookUs }) =>
    spans.some(({ startUs, endUs }) => fromUs < endUs && fromUs + tookUs + afterwardsUs > startUs),
  )
  const [longest] = within.toSorted((a, b) => b.tookUs - a.tookUs)
  if (longest === undefined) return null
  const times = within.length === 1 ? '' : ` (the longest of ${within.length})`
  return (
    `The load generator took a processor of this machine for ${spoken(longest.tookUs / 1_000, 'ms')} to collect its garbage, ` +
    `from ${(longest.fromUs / usPerSecond).toFixed(1)} s on${times}: what was slow then may be that. It collects less often ` +
    'where more memory is free.'
  )
}
