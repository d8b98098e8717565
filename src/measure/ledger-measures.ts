import { exposureMin } from '../domain/plan.ts'
import { usPerSecond } from '../domain/time.ts'
import type { Measured } from '../domain/verdict.ts'
import {
  duplicatedWrites,
  endUs,
  type LedgerFacts,
  lostWrites,
  recoveredWrites,
  recoveryPointUs,
  resurrectedWrites,
  type Write,
} from './ledger-facts.ts'
import type { MeasureSpec, Question } from './measure-spec.ts'
import { atLeast, between, exactly, none } from './measured.ts'
import type { RunView } from './run-view.ts'
import { there } from './there.ts'

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
  const unready = notReady(view, view.ledger, { unit: 'count', how })
  if (unready !== null) return unready
  const found = named(view.ledger.flatMap(count), view.ledger, how)
  return needsExposure ? asExposed(view, view.ledger, found) : found
}

/** So many, of which the oldest and the newest are named. */
export function named(found: readonly (Write | string)[], among: readonly LedgerFacts[], how: string): Measured {
  const names = found.map((one) => (typeof one === 'string' ? one : nameOf(one)))
  const [first, last] = [names[0], names.at(-1)]
  const which =
    first === undefined ? '' : names.length === 1 ? `: ${first}` : `: the oldest ${first}, the newest ${last}`
  return exactly(found.length, 'count', writesOf(among), `${how}${which}`)
}

function nameOf({ op, completedUs, invokedUs, intendedUs }: Write): string {
  const atUs = completedUs ?? invokedUs ?? intendedUs
  return `${op} at ${(atUs / usPerSecond).toFixed(3)} s`
}

/** The worse of the ways to write. */
function recoveryPoint({ view }: Question): Measured {
  const how =
    'from the newest write that survived from before the first loss to the newest lost one, by acknowledgement'
  const unready = notReady(view, view.ledger, { unit: 'ms', how })
  if (unready !== null) return unready
  const points = view.ledger.map((facts) => ({ facts, us: recoveryPointUs(facts) }))
  const worstUs = Math.max(...points.map(({ us, facts }) => us ?? lostSpanUs(facts)))
  const among = writesOf(view.ledger)
  if (points.some(({ us }) => us === null))
    return atLeast(worstUs / 1_000, 'ms', among, `${how}; nothing from before survived`)
  // Of writes that are far apart the newest survivor tells little: what lies between the lost ones is lost for certain.
  const leastUs = Math.max(1, ...view.ledger.map(lostSpanUs))
  return asExposed(view, view.ledger, exactly(worstUs / 1_000, 'ms', among, how), leastUs / 1_000)
}

/** From the first loss to the last. */
function lostSpanUs(facts: LedgerFacts): number {
  const lost = lostWrites(facts)
  return lost.length === 0 ? 0 : endUs(there(lost.at(-1))) - endUs(there(lost[0]))
}

function writesOf(among: readonly LedgerFacts[]): number {
  return among.reduce((sum, { writes }) => sum + writes.length, 0)
}

function spokenOf({ via }: LedgerFacts): string {
  return via === 'update' ? 'updates' : `writes by ${via}`
}

interface Asked {
  readonly unit: 'count' | 'ms'
  readonly how: string
}

/** Why nothing can be counted; null: it can. */
export function notReady(view: RunView, among: readonly LedgerFacts[], { unit, how }: Asked): Measured | null {
  const { state } = view.folder.ledger ?? {}
  if (state !== undefined && state.cut !== null)
    return none('stream_cut', `${state.file} is not whole: ${state.cut}`, unit, 0, how)
  const unread = among.find(({ read }) => read === null)
  return unread === undefined
    ? null
    : none('no_samples', `what survived of the ${spokenOf(unread)} was not read`, unit, 0, how)
}

/**
 * What was found to be lost, as far as a loss would have been seen. Too few acknowledged right before a fault: then no loss
 * is none that can be told, while what is lost stays lost, and there may be more.
 *
 * @param least of what is lost for certain, in the unit of what was found
 */
export function asExposed(view: RunView, among: readonly LedgerFacts[], found: Measured, least?: number): Measured {
  const few = unexposed(view, among)
  if (few === null || found.kind !== 'value' || typeof found.value !== 'number') return found
  const { value, unit, sampleCount, method } = found
  const why = `${few.count} ${spokenOf(few.facts)} were acknowledged in the second before ${few.fault}: under ${exposureMin} show no loss`
  if (value === 0) return none('too_few_samples', why, unit, few.count, method)
  const interval = { low: least ?? value, high: Number.POSITIVE_INFINITY }
  return between(value, interval, unit, sampleCount, `${method}; ${why}, and there may be more`)
}

/** The first fault before which too little was acknowledged for a loss to show. */
function unexposed(
  view: RunView,
  among: readonly LedgerFacts[],
): { readonly fault: string; readonly facts: LedgerFacts; readonly count: number } | null {
  const harms = view.plan.faults.filter(({ judgedBy }) => judgedBy === 'bounded')
  for (const { id } of harms) {
    const atUs = view.injection(id)?.requestedUs ?? null
    if (atUs === null) continue
    for (const facts of among) {
      const { length: count } = facts.writes.filter(
        ({ outcome, completedUs }) =>
          outcome === 'ok' && completedUs !== null && completedUs >= atUs - usPerSecond && completedUs < atUs,
      )
      if (count < exposureMin) return { fault: id, facts, count }
    }
  }
  return null
}
