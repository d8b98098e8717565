import { usPerSecond } from '../domain/time.ts'
import type { Window } from '../domain/verdict.ts'
import type { MeasureSpec } from '../measure/measure-spec.ts'
import type { RunView } from '../measure/run-view.ts'
import { steal } from '../record/streams.ts'
import { spoken } from './wording.ts'

/** Of one processor, over a second: less is taken all the time on machines that share one, and nobody waits for it. */
const shareMin = 0.2

const ofTime = /^(?:tool\.(?:latency|service_time|good_ratio)|pool\.|recovery\.|load\.)/

/** Whether a machine that stands still makes it worse, as it does what is timed, and pools in which callers meet. */
export function isOfTime({ id }: Pick<MeasureSpec, 'id'>): boolean {
  return ofTime.test(id)
}

/** That the machine itself lost processors to others in a window: when most, and how much; null: it did not, or nobody knows. */
export function stolenHint(view: RunView, { spans }: Pick<Window, 'spans'>): string | null {
  const rows = (view.folder.host?.rows ?? []).flatMap(({ process, cpuUs, tUs }) =>
    process === steal && cpuUs !== null ? [{ tUs, cpuUs }] : [],
  )
  let since = 0
  const losses = rows.flatMap((row) => {
    while (row.tUs - (rows[since + 1]?.tUs ?? row.tUs) >= usPerSecond) since += 1
    const before = rows[since] ?? row
    if (row.tUs - before.tUs < usPerSecond) return []
    const isWithin = spans.some(({ startUs, endUs }) => before.tUs < endUs && row.tUs > startUs)
    return isWithin ? [{ atUs: before.tUs, us: row.cpuUs - before.cpuUs, overUs: row.tUs - before.tUs }] : []
  })
  const [most] = losses.toSorted((a, b) => b.us / b.overUs - a.us / a.overUs)
  if (most === undefined || !(most.us >= shareMin * most.overUs)) return null
  const from = (Math.max(0, most.atUs) / usPerSecond).toFixed(1)
  return (
    `Whoever runs this machine took ${spoken(most.us / 1_000, 'ms')} of its processors for others within ` +
    `${spoken(most.overUs / 1_000, 'ms')} (steal), from ${from} s on: what was slow then may be that. Run it again where it does not.`
  )
}
