import { usPerSecond } from '../domain/time.ts'
import type { Measured, Window } from '../domain/verdict.ts'
import { type Gate, type Stretch, stretchOf } from './gates.ts'
import type { MeasureSpec } from './measure-spec.ts'
import { atLeast, between, none } from './measured.ts'
import type { RunView } from './run-view.ts'
import { settledForUs } from './settled.ts'
import { there } from './there.ts'
import { callsOfWindow } from './window-calls.ts'

/** From the heal, verified, to settled: within the launch bounds for 5 s. */
export const recoveryAfterHeal: MeasureSpec = {
  id: 'recovery.after_heal',
  title: 'Heal verified until settled',
  unit: 'ms',
  bounds: ['max'],
  windows: ['recovery', 'injection'],
  perTool: false,
  needs: ['calls', 'delivery'],
  lacking: (view) =>
    view.bounds.latencyMsP95Max === null && view.bounds.errorRatioMax === null
      ? 'what "settled" means is not said: give a judged objective on tool.latency.p95 or tool.error_ratio during a .clear window'
      : null,
  stretch: lookedAt,
  compute: ({ view, window, stretch }) => afterHeal(view, window, stretch),
}

/** All that was looked at: from the heal to the end of the 5 s that settled it, or as far as one could look. */
function lookedAt(view: RunView, window: Window): Stretch | Gate {
  const { table, index } = view
  if (table === null || index === null) return stretchOf(view, window)
  const injection = view.injection(window.fault)
  const startUs = injection?.healVerifiedUs ?? null
  const settling = view.settlings.get(window.fault ?? '')
  if (injection === null || startUs === null || settling === undefined) {
    const never = injection === null || injection.requestedUs === null
    return never
      ? {
          reason: view.end.reason === 'interrupted' ? 'interrupted' : 'window_missing',
          why: `the fault ${window.fault ?? ''} never came`,
        }
      : { reason: 'fault_not_healed', why: `the end of the fault ${window.fault ?? ''} was never seen` }
  }
  const endUs = settling.settledUs === null ? settling.horizonUs : settling.settledUs + settledForUs
  if (endUs <= startUs)
    return { reason: 'no_samples', why: `the load ended before the fault ${injection.id} was healed` }
  const spans = [{ startUs, endUs }]
  const calls = callsOfWindow(table, index, { ...window, kind: 'phase', spans }, [])
  return { name: window.id, spans, fault: window.fault, shapedBy: [injection.id], calls }
}

function afterHeal(view: RunView, window: Window, { spans, calls }: Stretch): Measured {
  const method = 'first whole second from which all launch bounds were kept for 5 s and nobody waited for a connection'
  const settling = there(view.settlings.get(window.fault ?? ''))
  const { startUs } = there(spans[0])
  const resolutionUs = view.injection(window.fault)?.resolutionUs ?? 0
  const n = calls.intended
  if (settling.settledUs !== null) {
    const valueUs = settling.settledUs - startUs
    // It came at some time within the second before; with a blind stretch before that, perhaps in it.
    const earliestUs = Math.min(valueUs, (settling.blindFromUs ?? settling.settledUs) - startUs) - usPerSecond
    const interval = { low: Math.max(0, earliestUs) / 1000, high: (valueUs + resolutionUs) / 1000 }
    return between(valueUs / 1000, interval, 'ms', n, method)
  }
  if (settling.blindFromUs !== null) {
    const blindS = (settling.blindFromUs / usPerSecond).toFixed(0)
    return none('sampler_silent', `from ${blindS} s on there were seconds without evidence either way`, 'ms', n, method)
  }
  if (view.end.reason === 'cut' && settling.horizonUs === view.end.tUs)
    return none('stream_cut', 'it had not settled when the timeline was cut', 'ms', n, method)
  return atLeast((settling.horizonUs - startUs) / 1000, 'ms', n, method)
}
