import type { Bound, Finding, Measured } from '../domain/verdict.ts'
import { type DatabaseWork, databaseWork, goodCalls } from '../measure/database-work.ts'
import { gate, type Need, stretchOf } from '../measure/gates.ts'
import { none, yesOrNo } from '../measure/measured.ts'
import { databaseOf, ownText } from '../measure/own-sessions.ts'
import { asksDatabase } from '../measure/rests-on.ts'
import type { RunView } from '../measure/run-view.ts'
import { evidenceFor } from './evidence.ts'
import type { Judged } from './objective-findings.ts'

const id = 'database.idle_under_load'
const bound: Bound = { is: false, unit: 'bool' }
const needs: readonly Need[] = ['calls', 'database']
/** Fewer calls may all have been answered without a look into the database. */
const callsMin = 100

/** A server whose calls succeed, and cause no work at all in the database behind it, has not been tested with it. */
export function judgeIdleDatabase(view: RunView): Judged {
  const { plan, folder } = view
  const run = view.window('run')
  const database = databaseOf(view)
  if (run === null || database === null || database.unused === true) return nothing
  // Of a workload that speaks SQL the load is the work.
  if (plan.load.protocol === 'sql' || !asksDatabase(plan)) return nothing
  const stretch = stretchOf(view, run)
  const work = databaseWork(view, run)
  if (work === null && folder.database !== null) return nothing // a run of an earlier version
  const closed = gate(view, stretch, work === null ? needs : ['calls'])
  if (closed !== null) return only(unknown(view, closed))
  if (work === null) return nothing
  const method = `what ${ownText(view)} did`
  if (work.sign !== null) {
    const why = `The database ${database.id} had work while the load ran: ${work.sign}.`
    const measured = yesOrNo(false, work.looks, method)
    return only(finding(view, { verdict: 'pass', reason: 'within_bound', measured, why }))
  }
  const calls = goodCalls(view, run)
  const lacking = lackingIn(work, calls, database.id)
  if (lacking !== null) return notAssessed(run.id, lacking)
  const silent = gate(view, stretch, needs)
  if (silent !== null) return only(unknown(view, silent))
  const measured = yesOrNo(true, work.looks, method)
  const told = `${calls} calls succeeded, and no session of the system did anything in the database ${database.id}`
  if (!work.isConnected && mayHaveNone(view))
    return notAssessed(run.id, `${told}, nor was there any: ${unusedLine(database.id)}`)
  const hint = 'Look for mock data, for a cache that answers all, or for another database than the plan names.'
  return only(finding(view, { verdict: 'fail', reason: 'idle_database', measured, why: `${told}.`, hint }))
}

/** A local stack has a database whether the server wants one or not; a server of one's own may want none. */
function mayHaveNone({ plan: { stack } }: RunView): boolean {
  const server = Object.values(stack.nodes).find(({ role }) => role === 'mcp')
  return stack.kind === 'local' && server?.command != null
}

function unusedLine(database: string): string {
  return `where the server has one, it never used DATABASE_URL; where it has none, the plan may say stack.nodes.${database}.unused: true`
}

const nothing: Judged = { findings: [], notAssessed: [] }

function lackingIn({ isHidden, isUncounted }: DatabaseWork, calls: number, database: string): string | null {
  if (isHidden) return `the login at ${database} may not see what the server's sessions do: grant pg_monitor to it`
  if (isUncounted) return `${database} does not count its sessions, as PostgreSQL does from version 14 on`
  return calls < callsMin ? `${calls} calls succeeded: from ${callsMin} on it can be told` : null
}

function notAssessed(window: string, why: string): Judged {
  return { findings: [], notAssessed: [{ id, measure: id, window, why }] }
}

function only(found: Finding): Judged {
  return { findings: [found], notAssessed: [] }
}

function unknown(
  view: RunView,
  { reason, why }: { readonly reason: Finding['reason']; readonly why: string },
): Finding {
  const measured = none(reason, why, 'bool', 0, 'what the sessions of the system did')
  const told = `Whether the load caused any work in the database cannot be told: ${why}.`
  return finding(view, { verdict: 'unknown', reason, measured, why: told })
}

interface Said extends Pick<Finding, 'verdict' | 'reason' | 'why'> {
  readonly measured: Measured
  readonly hint?: string
}

function finding(view: RunView, said: Said): Finding {
  const about = { id, measure: id, window: 'run', judged: true, where: null, bound } as const
  return { ...about, ...said, evidence: evidenceFor(view, needs) }
}
