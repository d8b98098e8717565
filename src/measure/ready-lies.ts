import { readyProbeOf, runningIdsOf, targetIdsOf } from '../domain/instances.ts'
import { isReplicated } from '../domain/plan.ts'
import { usPerSecond } from '../domain/time.ts'
import type { Measured, Window } from '../domain/verdict.ts'
import type { ProbeRow } from '../record/reader-rows.ts'
import type { MeasureSpec } from './measure-spec.ts'
import { exactly, none } from './measured.ts'
import type { RunView } from './run-view.ts'

/**
 * An answer may rest on a look a moment ago: a check has a limit of about a second, and is shared for a part of one
 * (https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/, timeoutSeconds: 1).
 */
const staleUsMax = 1.5 * usPerSecond
/** One failed connection of ours may be chance. */
const failuresMin = 2

/**
 * "Ready", said while nobody could get through to the database: a load balancer that believes it sends users to an
 * instance that can only fail. Held against Squall's own connections on the link, or to the node, of the fault.
 */
export const readyLies: MeasureSpec = {
  id: 'ready.lies',
  title: 'Answers "ready" while no connection to the database came through',
  unit: 'count',
  bounds: ['max'],
  windows: ['injection'],
  perTool: false,
  needs: ['probe'],
  lacking: (view) =>
    Object.values(view.plan.stack.nodes).some(({ readyPath }) => readyPath !== null)
      ? null
      : 'no node has a ready path: name it by stack.nodes.<id>.ready, such as ready: {path: /ready}',
  compute: ({ view, window }) => liesIn(view, window),
}

function liesIn(view: RunView, window: Window): Measured {
  const before = staleUsMax / usPerSecond
  const method = `answers that our own failures from ${before} s before on, ${failuresMin} or more and no success, gainsay`
  const on = view.injection(window.fault)?.on ?? ''
  if (!leadsToTheDatabase(view, on))
    return none(
      'no_samples',
      `${on} is not how the server gets at its database: "ready" may be true`,
      'count',
      0,
      method,
    )
  const rows = view.folder.probe?.rows ?? []
  // From the heal on the first to get through may be the system itself.
  const overUs = view.injection(window.fault)?.healedUs ?? Number.POSITIVE_INFINITY
  const within = (row: ProbeRow): boolean =>
    window.spans.some(
      ({ startUs, endUs }) => startUs <= row.askedUs && (row.endedUs ?? endUs) < Math.min(endUs, overUs),
    )
  const answers = askedOf(view, window.fault ?? '').flatMap(({ ready, own }) => {
    const ours = rows.filter(({ probe }) => probe === own)
    return rows.filter((row) => row.probe === ready && within(row) && gainsaid(row, ours))
  })
  if (answers.length === 0)
    return none(
      'no_samples',
      `no answer during ${window.id} came while our own connections all failed`,
      'count',
      0,
      method,
    )
  const told = answers.filter(tellsOfReadiness)
  if (told.length === 0)
    return none('no_samples', `"ready" could not be asked: ${answers[0]?.error}`, 'count', 0, method)
  return exactly(told.filter(({ ok }) => ok).length, 'count', told.length, method)
}

/**
 * What a load balancer would act on: a status, silence, or nobody there. Squall asks without the plan's headers and
 * certificates, so that a login that is wanted, or a certificate that is not known, tells of Squall and not of the server.
 */
function tellsOfReadiness({ ok, error }: ProbeRow): boolean {
  if (ok || error === null) return true
  if (/^(HTTP )?40[13]$/.test(error)) return false
  return /^(HTTP )?\d{3}$|^no answer within |^(ECONN(REFUSED|RESET|ABORTED)|EPIPE|UND_ERR_SOCKET)$/.test(error)
}

/** Which instance's word is held against which of our own connections: those on its link, or to the database of all. */
function askedOf({ plan }: RunView, fault: string): readonly { readonly ready: string; readonly own: string }[] {
  const planned = plan.faults.find(({ id }) => id === fault)
  const server = Object.values(plan.stack.nodes).find(({ role }) => role === 'mcp')
  if (planned === undefined || server === undefined) return []
  const instances = runningIdsOf(plan.stack, server.id)
  const names = instances.map((id) => readyProbeOf(instances.length === 1 ? null : id))
  const targets = targetIdsOf(plan.stack, planned)
  if (plan.stack.links[planned.on] === undefined)
    return names.flatMap((ready) => targets.map((own) => ({ ready, own })))
  const links = runningIdsOf(plan.stack, planned.on)
  return targets.map((own) => ({ ready: names[links.indexOf(own)] ?? '', own }))
}

/** Where a replica may take over, a database that does not answer need not be the one that the server uses. */
function leadsToTheDatabase({ plan }: RunView, target: string): boolean {
  const { links, nodes } = plan.stack
  const link = links[target]
  if (link !== undefined) return nodes[link.from]?.role === 'mcp' && nodes[link.to]?.role === 'postgres'
  return !isReplicated(plan) && nodes[target]?.role === 'postgres'
}

/**
 * Whether "ready" would not be true: all that we tried from shortly before the question until its answer has failed, and
 * not only for being slow: our patience with an answer is shorter than that of a check.
 */
function gainsaid({ askedUs, endedUs }: ProbeRow, ours: readonly ProbeRow[]): boolean {
  const untilUs = endedUs ?? askedUs
  const near = ours.filter((row) => row.askedUs >= askedUs - staleUsMax && (row.endedUs ?? row.askedUs) <= untilUs)
  const failed = near.filter(({ ok }) => !ok)
  if (failed.length < failuresMin || failed.length < near.length) return false
  // The long-lived connection tells of each stretch of silence, all of them since it asked.
  const longest = ours.filter(({ connection, ok }) => connection === 'long' && !ok)
  const isSilent = longest.some((row) => row.askedUs <= askedUs - staleUsMax && (row.endedUs ?? row.askedUs) >= askedUs)
  return isSilent || failed.some(({ error }) => error !== 'timeout')
}
