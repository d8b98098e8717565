import type { Objective } from '../domain/plan.ts'
import type { Bound, Finding, Measured, NotAssessed, Unit, Window } from '../domain/verdict.ts'
import { type Stretch, stretchOf } from '../measure/gates.ts'
import { type MeasureSpec, measure } from '../measure/measure-spec.ts'
import { measureById } from '../measure/registry.ts'
import type { RunView } from '../measure/run-view.ts'
import { judgeBound } from './compare.ts'
import { evidenceFor } from './evidence.ts'
import { hintFor } from './hints.ts'
import { joined, machineHint } from './machine-hint.ts'
import { isOfTime } from './stolen-hint.ts'
import { waitingHint } from './waiting-hint.ts'
import { spokenBound, spokenMeasured } from './wording.ts'

export interface Judged {
  readonly findings: readonly Finding[]
  readonly notAssessed: readonly NotAssessed[]
}

/** One finding an objective, one a tool where the plan says `tool: "*"`, or the reason why it cannot be assessed. */
export function judgeObjectives(view: RunView): Judged {
  const parts = view.plan.objectives.map((objective) => judgeObjective(view, objective))
  return {
    findings: parts.flatMap((part) => part.findings),
    notAssessed: parts.flatMap((part) => part.notAssessed),
  }
}

export function judgeObjective(view: RunView, objective: Objective): Judged {
  const spec = measureById(objective.measure)
  const window = view.window(objective.during)
  const refused = refusal(view, objective, spec, window)
  if (spec === null || window === null || refused !== null) {
    const { id, measure: name, during } = objective
    return { findings: [], notAssessed: [{ id, measure: name, window: during, why: refused ?? 'not known' }] }
  }
  const tool = objective.where?.tool ?? null
  const tools = tool === '*' ? toolsOf(view) : [tool]
  return {
    findings: tools.map((name) => findingOf(view, objective, spec, window, name, tool === '*')),
    notAssessed: [],
  }
}

function refusal(view: RunView, objective: Objective, spec: MeasureSpec | null, window: Window | null): string | null {
  if (spec === null) return `this Squall knows no measure ${objective.measure}`
  if (window === null) return `the plan has no window ${objective.during}` // a checked plan never gets here
  if (!spec.windows.includes(window.kind)) return `${spec.id} cannot be measured during a window of kind ${window.kind}`
  return spec.lacking?.(view) ?? null
}

/** The workload's tools, called or not, and any other that was called, by name. */
function toolsOf(view: RunView): readonly string[] {
  return [...new Set([...view.folder.run.tools, ...(view.table?.tools ?? [])])].sort()
}

function findingOf(
  view: RunView,
  objective: Objective,
  spec: MeasureSpec,
  window: Window,
  tool: string | null,
  expanded: boolean,
): Finding {
  const measured = measure(view, spec, { window, tool, withinMs: objective.withinMs })
  const bound = boundOf(objective, spec.unit)
  const judgement = judgeBound(measured, bound)
  const hint = hintTo(judgement, view, spec, window, tool)
  return {
    id: expanded && tool !== null ? `${objective.id}.${tool}` : objective.id,
    measure: spec.id,
    window: window.id,
    ...judgement,
    measured,
    bound,
    why: whyOf(spec, window.id, tool, measured, bound),
    ...(hint === null ? {} : { hint }),
    judged: objective.judged && window.judged,
    where: tool === null ? null : { tool },
    evidence: evidenceFor(view, spec.needs, restingOn(view, spec, window)),
  }
}

/** What it looked at; the window, where there is nothing to look at. */
function restingOn(view: RunView, spec: MeasureSpec, window: Window): Stretch {
  const own = spec.stretch?.(view, window)
  return own === undefined || 'reason' in own ? stretchOf(view, window) : own
}

/** A miss is looked into; of load that came late, and of a bound that one stall left in doubt, the cause is told. */
function hintTo(
  { verdict, reason }: ReturnType<typeof judgeBound>,
  view: RunView,
  spec: MeasureSpec,
  window: Window,
  tool: string | null,
): string | null {
  if (verdict === 'fail') {
    return joined([hintFor(view, spec, window, tool), isOfTime(spec) ? machineHint(view, window) : null])
  }
  if (reason === 'load_not_delivered') return machineHint(view, window)
  return reason === 'interval_crosses_bound' ? waitingHint(view, spec, window, tool) : null
}

function boundOf({ max, min, is }: Pick<Objective, 'max' | 'min' | 'is'>, unit: Unit): Bound {
  return {
    unit,
    ...(max === null ? {} : { max }),
    ...(min === null ? {} : { min }),
    ...(is === null ? {} : { is }),
  }
}

function whyOf(spec: MeasureSpec, window: string, tool: string | null, measured: Measured, bound: Bound): string {
  const what = `${spec.title} during ${window}${tool === null ? '' : ` of ${tool}`}`
  if (measured.kind === 'none') return `${what} cannot be told: ${measured.why}; wanted ${spokenBound(bound)}.`
  const was = measured.unit === 'bool' ? ':' : ' was'
  return `${what}${was} ${spokenMeasured(measured)}; wanted ${spokenBound(bound)}.`
}
