import type { Phase, Plan } from '../domain/plan.ts'
import { msToUs, type Span, usPerSecond } from '../domain/time.ts'
import type { InjectionRecord, Window } from '../domain/verdict.ts'
import { injectionStartUs } from './injections.ts'

/**
 * The windows that findings are about: `run`, each phase and its `.clear`, each injection and its `.recovery`.
 *
 * - Phases are the plan's, shifted by nothing: t0 is when every user was ready.
 * - An injection's is [requested, heal verified), without an end until the load's when that was never seen.
 * - Recovery is [heal verified, settled or its planned end).
 * - `.clear` is what no injection and no recovery touches, in pieces of at least a second.
 * - Spans are empty when the window never came to be, such as a phase after the run's end.
 */
export function buildWindows(plan: Plan, injections: readonly InjectionRecord[], runEndUs: number): readonly Window[] {
  const loadEndUs = plannedLoadEndUs(plan)
  const around = injections.flatMap((injection) => injectionWindows(plan, injection, loadEndUs))
  const taken = around.flatMap((window) => window.spans)
  const phases = plan.load.phases.flatMap((phase) => phaseWindows(phase, taken, runEndUs))
  const judged = phases.filter((window) => window.kind === 'phase' && window.judged)
  const run: Window = {
    id: 'run',
    kind: 'run',
    spans: joined(judged.flatMap((window) => window.spans)),
    fault: null,
    judged: true,
  }
  return [run, ...phases, ...around]
}

export function plannedLoadEndUs(plan: Plan): number {
  return msToUs(Math.max(0, ...plan.load.phases.map((phase) => phase.endMs)))
}

/** The part of some spans for which the plan has load. */
export function withLoad(plan: Plan, spans: readonly Span[]): readonly Span[] {
  const loadEndUs = plannedLoadEndUs(plan)
  return spans.flatMap(({ startUs, endUs }) => nonEmpty({ startUs, endUs: Math.min(endUs, loadEndUs) }))
}

function phaseWindows(phase: Phase, taken: readonly Span[], runEndUs: number): readonly Window[] {
  const whole: Span = { startUs: msToUs(phase.startMs), endUs: msToUs(phase.endMs) }
  const came = whole.startUs < runEndUs
  const common = { fault: null, judged: phase.judged }
  return [
    { id: phase.id, kind: 'phase', spans: came ? [whole] : [], ...common },
    { id: `${phase.id}.clear`, kind: 'clear', spans: came ? clearSpans(whole, taken) : [], ...common },
  ]
}

/** The pool's marks are one a second: of a shorter piece between two faults nothing could be told apart from them. */
const clearUsMin = usPerSecond

function clearSpans(whole: Span, taken: readonly Span[]): readonly Span[] {
  return without(whole, taken).filter((span) => span.endUs - span.startUs >= clearUsMin)
}

function injectionWindows(plan: Plan, injection: InjectionRecord, loadEndUs: number): readonly Window[] {
  const common = { fault: injection.id, judged: true }
  const startUs = injectionStartUs(injection)
  const healUs = injection.healVerifiedUs
  const during: Span | null = startUs === null ? null : { startUs, endUs: healUs ?? Math.max(loadEndUs, startUs) }
  const windows: Window[] = [{ id: injection.id, kind: 'injection', spans: nonEmpty(during), ...common }]
  const recoveryUs = msToUs(plan.faults.find((fault) => fault.id === injection.id)?.recoveryMs ?? 0)
  if (recoveryUs > 0) {
    const plannedEndUs = injection.plannedEndUs + recoveryUs
    const endUs = Math.min(injection.settledUs ?? plannedEndUs, plannedEndUs)
    const after: Span | null = healUs === null ? null : { startUs: healUs, endUs }
    windows.push({ id: `${injection.id}.recovery`, kind: 'recovery', spans: nonEmpty(after), ...common })
  }
  return windows
}

function nonEmpty(span: Span | null): readonly Span[] {
  return span === null || span.endUs <= span.startUs ? [] : [span]
}

/** What is left of a span when others are taken out, in order. */
export function without(whole: Span, taken: readonly Span[]): readonly Span[] {
  const left: Span[] = []
  let startUs = whole.startUs
  for (const span of [...taken].sort((a, b) => a.startUs - b.startUs)) {
    const endUs = Math.min(span.startUs, whole.endUs)
    if (endUs > startUs) left.push({ startUs, endUs })
    startUs = Math.max(startUs, span.endUs)
  }
  if (whole.endUs > startUs) left.push({ startUs, endUs: whole.endUs })
  return left
}

/** Spans that touch or overlap become one. */
function joined(spans: readonly Span[]): readonly Span[] {
  const all: Span[] = []
  for (const span of [...spans].sort((a, b) => a.startUs - b.startUs)) {
    const last = all.at(-1)
    if (last !== undefined && span.startUs <= last.endUs) {
      all[all.length - 1] = { startUs: last.startUs, endUs: Math.max(last.endUs, span.endUs) }
    } else all.push(span)
  }
  return all
}

export function durationUs(spans: readonly Span[]): number {
  return spans.reduce((sum, span) => sum + span.endUs - span.startUs, 0)
}
