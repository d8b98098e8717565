import { isReplicated, staleAfterMsDefault } from '../domain/plan.ts'
import { usPerSecond } from '../domain/time.ts'
import type { Measured } from '../domain/verdict.ts'
import { lostWrites } from './ledger-facts.ts'
import { asExposed, ledgerLacks, named, notReady } from './ledger-measures.ts'
import { allWindows, type MeasureSpec, type Question } from './measure-spec.ts'
import { exactly, none } from './measured.ts'
import { type ReplicaRead, type Staleness, staleness } from './register-facts.ts'
import type { RunView } from './run-view.ts'

function updatesLack(view: RunView): string | null {
  const lacks = ledgerLacks(view)
  if (lacks !== null || view.plan.observe.ledger?.via.includes('sql')) return lacks
  return 'no rows are updated: observe.ledger writes by SQL as well with via: both'
}

function replicasLack(view: RunView): string | null {
  return isReplicated(view.plan) ? updatesLack(view) : 'no database of the stack follows another'
}

/** Acknowledged, and not part of what the row holds: neither there nor built upon by what is. */
function lostUpdates({ view }: Question): Measured {
  const how = 'each update of the ledger looked for in its row, in the database that takes writes afterwards'
  const among = [view.registers.updates]
  const unready = notReady(view, among, { unit: 'count', how })
  return unready ?? asExposed(view, among, named(among.flatMap(lostWrites), among, how))
}

function staleReads({ view, stretch }: Question): Measured {
  const limitMs = view.plan.observe.ledger?.staleAfterMs ?? staleAfterMsDefault
  const how = `reads of replicas that lacked an update which was acknowledged over ${limitMs} ms before they were sent`
  const unready = notReady(view, [view.registers.updates], { unit: 'count', how })
  if (unready !== null) return unready
  const isWithin = ({ sentUs }: { readonly sentUs: number }): boolean =>
    stretch.spans.some(({ startUs, endUs }) => startUs <= sentUs && sentUs < endUs)
  const told = staleness(view.registers, limitMs * 1_000).filter(({ read }) => isWithin(read))
  if (told.length === 0) {
    const why = `no replica showed in ${stretch.name} which of the updates it had`
    return none('no_samples', why, 'count', 0, how)
  }
  // The others' freshness says nothing of one that was asked, and never answered.
  const asked = new Set(view.registers.asked.filter(isWithin).map(({ node }) => node))
  const silent = [...asked].filter((node) => !told.some(({ read }) => read.node === node))
  if (silent.length > 0) {
    const why = `${silent.join(', ')} was asked in ${stretch.name} and never told which of the updates it had`
    return none('sampler_silent', why, 'count', told.length, how)
  }
  const stale = told.flatMap(({ read, lacked }) => (lacked === null ? [] : [{ read, lacked }]))
  const worst = stale.toSorted((one, two) => one.lacked.ageUs - two.lacked.ageUs).at(-1)
  return exactly(stale.length, 'count', told.length, worst === undefined ? how : `${how}: the worst ${spoken(worst)}`)
}

interface Stale {
  readonly read: ReplicaRead
  readonly lacked: NonNullable<Staleness['lacked']>
}

function spoken({ read: { node, sentUs }, lacked: { op, ageUs } }: Stale): string {
  return `by ${node} at ${(sentUs / usPerSecond).toFixed(3)} s, without ${op} of ${(ageUs / usPerSecond).toFixed(3)} s before`
}

const common = { unit: 'count', bounds: ['max'], perTool: false, needs: ['ledger'] } as const

/** Changes of rows that several writers change, and what replicas show of them. */
export const registerMeasures: readonly MeasureSpec[] = [
  {
    ...common,
    id: 'data.lost_updates',
    title: 'Updates that were acknowledged and are in their row no more',
    windows: ['run'],
    lacking: updatesLack,
    compute: lostUpdates,
  },
  {
    ...common,
    id: 'data.stale_reads',
    title: 'Reads of replicas that lacked what had long been acknowledged',
    windows: allWindows,
    lacking: replicasLack,
    compute: staleReads,
  },
]
