import type { Bound, Finding, Measured, ReasonCode, Verdict, Window } from '../domain/verdict.ts'
import { generatorErrorCode } from '../measure/call-facts.ts'
import { type Gate, gate, lateCallsMin, lateMs, lateRatioMax, type Need, stretchOf } from '../measure/gates.ts'
import { exactly, none, yesOrNo } from '../measure/measured.ts'
import type { RunView } from '../measure/run-view.ts'
import { judgeAnswers } from './constant-answers.ts'
import { deliveredWords } from './delivered-words.ts'
import { evidenceFor } from './evidence.ts'
import { judgeIdleDatabase } from './idle-database.ts'
import { judgeIntegrity } from './integrity-findings.ts'
import { machineHint } from './machine-hint.ts'
import type { Judged } from './objective-findings.ts'
import { judgeExits } from './unplanned-exits.ts'
import { unseenDatabase } from './unseen-database.ts'
import { judgeVerifyHook } from './verify-hook.ts'
import { spoken } from './wording.ts'

/** What every run is judged by, whatever its plan says. */
export function judgeImplicit(view: RunView): Judged {
  const exits = judgeExits(view)
  const more = [judgeAnswers(view), judgeIdleDatabase(view), judgeIntegrity(view)]
  return {
    findings: [
      ...exits.findings,
      loadDelivered(view),
      generatorErrors(view),
      ...view.injections.map((injection) => faultObserved(view, injection.id)),
      ...judgeVerifyHook(view),
      ...more.flatMap(({ findings }) => findings),
    ],
    notAssessed: [...exits.notAssessed, ...unseenDatabase(view), ...more.flatMap(({ notAssessed }) => notAssessed)],
  }
}

interface Said {
  readonly id: string
  readonly window: string
  readonly verdict: Verdict
  readonly reason: ReasonCode
  readonly measured: Measured
  readonly bound: Bound
  readonly why: string
  readonly hint?: string
  readonly needs: readonly Need[]
  /** Whose fault it is about. */
  readonly fault?: string | null
}

function finding(view: RunView, { needs, fault = null, ...said }: Said): Finding {
  const evidence = evidenceFor(view, needs, { shapedBy: [], fault })
  return { ...said, measure: said.id, judged: true, where: null, evidence }
}

/** Undelivered load is not the system's fault, so this is never `fail`: nothing can be said about the system. */
function loadDelivered(view: RunView): Finding {
  const id = 'load.delivered'
  const bound: Bound = { max: lateRatioMax, unit: 'ratio' }
  const run = runWindow(view)
  const calls = view.calls(run)
  const method = `calls that the generator began over ${lateMs} ms after they were due and their user free`
  const closed = gate(view, stretchOf(view, run), ['calls', 'delivery'])
  const asked = { id, window: run.id, bound, needs: ['calls'] as const }
  if (
    calls.sent === 0 ||
    (closed !== null && closed.reason !== 'load_not_delivered' && closed.reason !== 'generator_error')
  ) {
    const why = closed?.why ?? 'no call was sent'
    const reason = closed?.reason ?? 'no_samples'
    const measured = none(reason, why, 'ratio', calls.intended, method)
    return finding(view, {
      ...asked,
      verdict: 'unknown',
      reason,
      measured,
      why: `Whether the load was delivered cannot be told: ${why}.`,
    })
  }
  const late = calls.lateBy(lateMs)
  const measured = exactly(late / calls.sent, 'ratio', calls.sent, method)
  const isLate = late >= lateCallsMin && late > lateRatioMax * calls.sent
  if (isLate || closed?.reason === 'load_not_delivered') {
    const cause = closed?.reason === 'load_not_delivered' ? closed.why : 'the generator was late by itself'
    const why = `The load was not delivered: ${cause}, which says nothing about the system.${deliveredWords(calls)}`
    const hint = machineHint(view, run)
    const said = { ...asked, verdict: 'unknown', reason: 'load_not_delivered', measured, why } as const
    return finding(view, hint === null ? said : { ...said, hint })
  }
  const why = `The load was delivered: the generator was late by itself in ${late} of ${calls.sent} calls.`
  return finding(view, { ...asked, verdict: 'pass', reason: 'within_bound', measured, why })
}

function generatorErrors(view: RunView): Finding {
  const run = runWindow(view)
  const calls = view.calls(run)
  const errors = calls.byOutcome[generatorErrorCode] ?? 0
  const asked = {
    id: 'load.generator_errors',
    window: run.id,
    bound: { max: 0, unit: 'count' } as const,
    needs: ['calls'] as const,
  }
  const method = 'exact count'
  const closed: Gate | null = gate(view, stretchOf(view, run), ['calls'])
  if (errors === 0 && (closed !== null || calls.intended === 0)) {
    const reason = closed?.reason ?? 'no_samples'
    const why = closed?.why ?? 'no call was intended'
    const measured = none(reason, why, 'count', calls.intended, method)
    return finding(view, {
      ...asked,
      verdict: 'unknown',
      reason,
      measured,
      why: `Whether our own script failed cannot be told: ${why}.`,
    })
  }
  const measured = exactly(errors, 'count', calls.intended, method)
  return errors > 0
    ? finding(view, {
        ...asked,
        verdict: 'unknown',
        reason: 'generator_error',
        measured,
        why: `Our own script failed in ${errors} calls, so the load was not what the plan says.`,
      })
    : finding(view, {
        ...asked,
        verdict: 'pass',
        reason: 'within_bound',
        measured,
        why: 'Our own script failed in no call.',
      })
}

/** A fault that was never seen to act, or never seen to end, proves nothing about the system. */
function faultObserved(view: RunView, fault: string): Finding {
  const injection = view.injection(fault)
  const window = view.window(fault)
  const asked = {
    id: `faults.observed.${fault}`,
    window: fault,
    bound: { is: true, unit: 'bool' } as const,
    needs: [],
    fault,
  }
  const method = "Squall's own connections on that link"
  const closed = window === null ? null : gate(view, { ...stretchOf(view, window), name: `the fault ${fault}` }, [])
  if (injection === null || closed !== null) {
    const reason = closed?.reason ?? 'window_missing'
    const why = closed?.why ?? `the fault ${fault} never came`
    const measured = none(reason, why, 'bool', 0, method)
    return finding(view, {
      ...asked,
      verdict: 'unknown',
      reason,
      measured,
      why: `Whether ${fault} acted and ended cannot be told: ${why}.`,
    })
  }
  const lengthMs = ((injection.healVerifiedUs ?? 0) - (injection.requestedUs ?? injection.observedUs ?? 0)) / 1000
  const why = `The fault ${fault} was seen to act and seen to end, ${spoken(lengthMs, 'ms')} after it was asked for.`
  return finding(view, { ...asked, verdict: 'pass', reason: 'within_bound', measured: yesOrNo(true, 1, method), why })
}

function runWindow(view: RunView): Window {
  return view.window('run') ?? { id: 'run', kind: 'run', spans: [], fault: null, judged: true }
}
