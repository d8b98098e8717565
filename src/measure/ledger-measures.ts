import { usPerSecond } from '../domain/time.ts'
import type { Measured } from '../domain/verdict.ts'
import {
  duplicatedWrites,
  type LedgerFacts,
  lostWrites,
  recoveredWrites,
  recoveryPointUs,
  resurrectedWrites,
  type Write,
} from './ledger-facts.ts'
import type { MeasureSpec, Question } from './measure-spec.ts'
import { atLeast, exactly, none } from './measured.ts'
import type { RunView } from './run-view.ts'

/** Fewer acknowledged in the last second before a fault, and a loss could go unseen (docs/reading-a-report.md). */
const exposureMin = 20

export function ledgerLacks({ plan }: RunView): string | null {
  return plan.observe.ledger ? null : 'no writes are counted: observe.ledger, such as ledger: {via: both, rate: 200/s}'
}

const common = {
  bounds: ['max'],
  windows: ['run'],
  perTool: false,
  needs: ['ledger'],
  lacking: ledgerLacks,
} as const

function counting(id: string, title: string, count: (facts: LedgerFacts) => readonly (Write | string)[]): MeasureSpec {
  return {
    ...common,
    id,
    title,
    unit: 'count',
    compute: (question) => counted(question, count, id === 'data.lost_writes'),
  }
}

/** Every write that was tried, held against what the database has afterwards. */
export const ledgerMeasures: readonly MeasureSpec[] = [
  counting('data.lost_writes', 'Writes that were acknowledged and are not there', lostWrites),
  counting('data.recovered_writes', 'Writes of unknown outcome that are there', recoveredWrites),
  counting('data.resurrected_writes', 'Writes that were refused and are there all the same', resurrectedWrites),
  counting('data.duplicates', 'Writes that are there more than once', duplicatedWrites),
  counting('data.phantom_writes', 'Writes that are there and were never sent', ({ phantoms }) => phantoms),
  {
    ...common,
    id: 'data.rpo',
    title: 'Recovery point: how much of the past is lost',
    unit: 'ms',
    compute: recoveryPoint,
  },
]

function counted(
  { view }: Question,
  count: (facts: LedgerFacts) => readonly (Write | string)[],
  needsExposure: boolean,
): Measured {
  const how = 'each write of the ledger looked for in the database that takes writes afterwards'
  const unready = notReady(view, needsExposure, 'count', how)
  if (unready !== null) return unready
  const found = view.ledger.flatMap((facts) => count(facts).map((one) => ({ one, facts })))
  const names = found.map(({ one }) => (typeof one === 'string' ? one : nameOf(one)))
  const [first, last] = [names[0], names.at(-1)]
  const which =
    first === undefined ? '' : names.length === 1 ? `: ${first}` : `: the oldest ${first}, the newest ${last}`
  return exactly(found.length, 'count', writesOf(view), `${how}${which}`)
}

function nameOf({ op, completedUs, invokedUs, intendedUs }: Write): string {
  const atUs = completedUs ?? invokedUs ?? intendedUs
  return `${op} at ${(atUs / usPerSecond).toFixed(3)} s`
}

/** The worse of the ways to write. */
function recoveryPoint({ view }: Question): Measured {
  const how =
    'from the newest write that survived from before the first loss to the newest lost one, by acknowledgement'
  const unready = notReady(view, true, 'ms', how)
  if (unready !== null) return unready
  const points = view.ledger.map((facts) => ({ facts, us: recoveryPointUs(facts) }))
  const worstUs = Math.max(...points.map(({ us, facts }) => us ?? lostSpanUs(facts)))
  return points.some(({ us }) => us === null)
    ? atLeast(worstUs / 1_000, 'ms', writesOf(view), `${how}; nothing from before survived`)
    : exactly(worstUs / 1_000, 'ms', writesOf(view), how)
}

/** From the first loss to the last. */
function lostSpanUs(facts: LedgerFacts): number {
  const lost = lostWrites(facts)
  return (lost.at(-1)?.completedUs ?? 0) - (lost[0]?.completedUs ?? 0)
}

function writesOf(view: RunView): number {
  return view.ledger.reduce((sum, { writes }) => sum + writes.length, 0)
}

/** Why nothing can be counted; null: it can. */
function notReady(view: RunView, needsExposure: boolean, unit: 'count' | 'ms', how: string): Measured | null {
  const { state } = view.folder.ledger ?? {}
  if (state !== undefined && state.cut !== null)
    return none('stream_cut', `${state.file} is not whole: ${state.cut}`, unit, 0, how)
  const unread = view.ledger.find(({ read }) => read === null)
  if (unread !== undefined)
    return none('no_samples', `what survived of the writes by ${unread.via} was not read`, unit, 0, how)
  return needsExposure ? exposed(view, unit, how) : null
}

function exposed(view: RunView, unit: 'count' | 'ms', how: string): Measured | null {
  const harms = view.plan.faults.filter(({ judgedBy }) => judgedBy === 'bounded')
  for (const { id } of harms) {
    const atUs = view.injection(id)?.requestedUs
    if (atUs === null || atUs === undefined) continue
    for (const { via, writes } of view.ledger) {
      const before = writes.filter(
        ({ outcome, completedUs }) =>
          outcome === 'ok' && completedUs !== null && completedUs >= atUs - usPerSecond && completedUs < atUs,
      )
      if (before.length >= exposureMin) continue
      const why = `${before.length} writes by ${via} were acknowledged in the second before ${id}: under ${exposureMin} show no loss`
      return none('too_few_samples', why, unit, before.length, how)
    }
  }
  return null
}
