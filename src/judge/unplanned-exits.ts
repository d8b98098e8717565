import { type Span, usPerSecond } from '../domain/time.ts'
import type { Finding, NotAssessed } from '../domain/verdict.ts'
import { gate, stretchOf } from '../measure/gates.ts'
import { exactly, none } from '../measure/measured.ts'
import { asksDatabase } from '../measure/rests-on.ts'
import type { RunView } from '../measure/run-view.ts'
import { gapUsMax } from '../measure/samples.ts'
import { without } from '../measure/windows.ts'
import type { DatabaseRow, TimelineRow } from '../record/reader-rows.ts'
import { evidenceFor } from './evidence.ts'

const id = 'system.unplanned_exit'
const method = "the keeper's record of exits, and the database's own start time"

/** No process of the system may end, and no database begin anew, unless a fault or the harness did it. */
export function judgeExits(view: RunView): { findings: readonly Finding[]; notAssessed: readonly NotAssessed[] } {
  const { timeline, database } = view.folder
  const rows = timeline?.rows ?? []
  const watched = rows.some((row) => row.kind === 'process' && isOfStack(view, row.id))
  const answered = database?.rows.filter((row) => row.startedAt !== null) ?? []
  const seen = [
    ...rows
      .filter((row) => row.kind === 'exit' && row.tUs >= 0 && row.data.planned !== true && isOfStack(view, row.id))
      .map(exitText),
    ...restarts(view, answered),
  ]
  const common = {
    id,
    measure: id,
    window: 'run',
    bound: { max: 0, unit: 'count' } as const,
    judged: true,
    where: null,
    evidence: evidenceFor(view, ['database']),
  }
  if (seen.length > 0) {
    const measured = exactly(seen.length, 'count', seen.length, method)
    const why = `The system did not stay up: ${seen.join('; ')}.`
    return { findings: [{ ...common, verdict: 'fail', reason: 'unplanned_exit', measured, why }], notAssessed: [] }
  }
  const cut = timeline === null ? 'the run folder has no timeline' : timeline.state.cut
  if (cut !== null) {
    const why = `Whether the system stayed up cannot be told: timeline.ndjson: ${cut}.`
    const measured = none('stream_cut', cut, 'count', 0, method)
    return { findings: [{ ...common, verdict: 'unknown', reason: 'stream_cut', measured, why }], notAssessed: [] }
  }
  const hasDatabase = Object.values(view.plan.stack.nodes).some(({ role }) => role === 'postgres')
  const run = view.window('run')
  // While a fault is on a database that one may be silent, and how it began anew is explained.
  const seenSpans = run?.spans.flatMap((span) => without(span, explainedSilence(view, answered))) ?? []
  const blind =
    hasDatabase && run !== null ? gate(view, { ...stretchOf(view, run), spans: seenSpans }, ['database']) : null
  // One that never answered is not ours to see; one that did, and then was silent, may have ended.
  if (blind !== null && (watched || answered.length > 0 || isDatabaseCut(view))) {
    // A backend's crash restarts a whole cluster under one and the same postmaster: only its own start times tell.
    const why = `Whether the database began anew cannot be told: ${blind.why}.`
    const measured = none(blind.reason, blind.why, 'count', answered.length, method)
    return { findings: [{ ...common, verdict: 'unknown', reason: blind.reason, measured, why }], notAssessed: [] }
  }
  if (!watched && answered.length === 0) {
    const why = 'Squall started none of its processes and has no database of it to ask, so an exit would not be seen.'
    return { findings: [], notAssessed: [{ id, measure: id, window: 'run', why }] }
  }
  const why = watched
    ? 'No process of the system ended by itself, and its database did not begin anew.'
    : 'Its database did not begin anew; its other processes are not ours to see.'
  const measured = exactly(0, 'count', answered.length, method)
  return { findings: [{ ...common, verdict: 'pass', reason: 'within_bound', measured, why }], notAssessed: [] }
}

/** Of one that answered before, or that Squall asks, something is missing; one that was silent is another matter. */
function isDatabaseCut({ folder: { database }, plan }: RunView): boolean {
  return database === null ? asksDatabase(plan) : database.state.cut !== null
}

/** A node, or one instance of it, such as `server-2`. What is not of the stack is a part of the harness. */
function isOfStack(view: RunView, name: string | null): boolean {
  if (name === null) return false
  return Object.keys(view.plan.stack.nodes).some(
    (node) => name === node || (/^[-./:]\d+$/.test(name.slice(node.length)) && name.startsWith(node)),
  )
}

function exitText(row: TimelineRow): string {
  const { code, signal } = row.data
  const how = typeof signal === 'string' ? `by signal ${signal}` : `with code ${String(code ?? 'unknown')}`
  return `${row.id ?? 'a process'} ended ${how} at ${seconds(row.tUs)}`
}

/** Changes of the database's start time that no planned exit and no fault on a database explains. */
function restarts(view: RunView, rows: readonly DatabaseRow[]): readonly string[] {
  const explained = plannedStops(view)
  return rows.flatMap((row, at) => {
    const before = rows[at - 1]
    if (before === undefined || row.tUs < 0 || before.startedAt === row.startedAt) return []
    const fromUs = before.tUs - before.tookUs
    if (explained.some((stop) => stop.startUs <= row.tUs && stop.endUs >= fromUs)) return []
    return [`its database began anew between ${seconds(fromUs)} and ${seconds(row.tUs)}`]
  })
}

/**
 * Of the database that is sampled, which is the one that takes writes. Where nobody takes over from it, what befalls a
 * replica explains nothing of it.
 */
function plannedStops(view: RunView): readonly { startUs: number; endUs: number }[] {
  const mayChange = mayTakeOver(view)
  const isDatabase = (name: string | null): boolean =>
    Object.values(view.plan.stack.nodes).some(
      (node) =>
        node.role === 'postgres' &&
        (mayChange || !node.follows) &&
        (name === node.id || name?.startsWith(`${node.id}-`)),
    )
  const exits = (view.folder.timeline?.rows ?? [])
    .filter((row) => row.kind === 'exit' && row.data.planned === true && isDatabase(row.id))
    .map((row) => ({ startUs: row.tUs, endUs: row.tUs }))
  const faults = view.injections
    .filter((injection) => isDatabase(injection.on) && injection.requestedUs !== null)
    .map((injection) => ({
      startUs: injection.requestedUs ?? 0,
      endUs: injection.healVerifiedUs ?? Number.POSITIVE_INFINITY,
    }))
  return [...exits, ...faults]
}

/** By the supervisor, or by a fault that hands over itself: such have a say in who decides. */
function mayTakeOver({ plan }: RunView): boolean {
  const promotes = typeof plan.stack.supervisor?.promoteAfterMs === 'number'
  return promotes || plan.faults.some(({ with: { decide } }) => decide !== undefined)
}

/** Planned stops, each from the last answer before to the first one after, where these are as near as usual. */
function explainedSilence(view: RunView, answered: readonly DatabaseRow[]): readonly Span[] {
  return plannedStops(view).map(({ startUs, endUs }) => {
    const before = answered.findLast(({ tUs }) => tUs <= startUs && tUs > startUs - gapUsMax)
    const after = answered.find(({ tUs }) => tUs >= endUs && tUs < endUs + gapUsMax)
    return { startUs: before?.tUs ?? startUs, endUs: after?.tUs ?? endUs }
  })
}

function seconds(us: number): string {
  return `${(us / usPerSecond).toFixed(1)} s`
}
