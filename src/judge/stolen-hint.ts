import { usPerSecond } from '../domain/time.ts'
import type { Window } from '../domain/verdict.ts'
import type { MeasureSpec } from '../measure/measure-spec.ts'
import type { RunView } from '../measure/run-view.ts'
import { steal } from '../record/streams.ts'
import { spoken } from './wording.ts'

/** Of all processors, over a second: less is taken all the time on machines that share a host, and hardly anybody waits. */
const shareMin = 0.1

const ofTime = [
  /^tool\.(?:latency|service_time|good_ratio)\b/,
  /^pool\.(?!leaked)/,
  /^(?:recovery|bridge\.added_latency|database\.statement_time)\b/,
  /^load\.(?:calls_per_s|generator_lateness|unsent)\b/,
]

/** Whether a machine that stands still makes it worse, as it does what is timed, and pools in which callers meet. */
export function isOfTime({ id }: Pick<MeasureSpec, 'id'>): boolean {
  return ofTime.some((one) => one.test(id))
}

/** That the machine itself lost processors to others in a window: when most, and how much; null: it did not, or nobody knows. */
export function stolenHint(view: RunView, { spans }: Pick<Window, 'spans'>): string | null {
  const rows = (view.folder.host?.rows ?? []).flatMap(({ process, cpuUs, tUs }) =>
    process === steal && cpuUs !== null ? [{ tUs, cpuUs }] : [],
  )
  let since = 0
  const losses = rows.flatMap((row, at) => {
    while (row.tUs - (rows[since + 1]?.tUs ?? row.tUs) >= usPerSecond) since += 1
    const before = rows[since] ?? row
    if (row.tUs - before.tUs < usPerSecond) return []
    const looked = rows[at - 1] ?? row
    const isWithin = spans.some(({ startUs, endUs }) => looked.tUs < endUs && row.tUs > startUs)
    return isWithin ? [{ atUs: before.tUs, us: row.cpuUs - before.cpuUs, overUs: row.tUs - before.tUs }] : []
  })
  const [most] = losses.toSorted((a, b) => b.us / b.overUs - a.us / a.overUs)
  if (most === undefined || !(most.us >= shareMin * processorsOf(view) * most.overUs)) return null
  const from = (Math.max(0, most.atUs) / usPerSecond).toFixed(1)
  return (
    `Whoever runs this machine took ${spoken(most.us / 1_000, 'ms')} of its processors for others within ` +
    `${spoken(most.overUs / 1_000, 'ms')} (steal), from ${from} s on: what was slow then may be that. Run it again where it does not.`
  )
}

function processorsOf({ folder: { run } }: RunView): number {
  const { cores } = run.environment
  return typeof cores === 'number' ? cores : 1
}
