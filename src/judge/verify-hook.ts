import type { Finding } from '../domain/verdict.ts'
import { none, yesOrNo } from '../measure/measured.ts'
import type { RunView } from '../measure/run-view.ts'
import { evidenceFor } from './evidence.ts'
import { spoken } from './wording.ts'

const method = 'exit code of the command hooks.verify, run once after the load'

/** The users' own word on whether all is well again; nothing where the plan has no such hook. */
export function judgeVerifyHook(view: RunView): readonly Finding[] {
  if (view.plan.stack.hooks?.verify === undefined) return []
  const id = 'hook.verify'
  const common = {
    id,
    measure: id,
    window: 'run',
    bound: { is: true, unit: 'bool' },
    judged: true,
    where: null,
    evidence: evidenceFor(view, []),
  } as const
  const row = view.folder.timeline?.rows.find((one) => one.kind === 'hook' && one.id === 'verify')
  const { isOk, tookUs } = row?.data ?? {}
  if (typeof isOk !== 'boolean') {
    const isCut = view.end.reason === 'cut'
    const reason = isCut ? 'stream_cut' : 'no_samples'
    const missing = isCut ? 'the timeline was cut before it' : 'hooks.verify did not run to its end'
    const why = `Whether all is well again by your own word cannot be told: ${missing}.`
    return [{ ...common, verdict: 'unknown', reason, measured: none(reason, missing, 'bool', 0, method), why }]
  }
  const took = typeof tookUs === 'number' ? ` after ${spoken(tookUs / 1_000, 'ms')}` : ''
  const why = isOk
    ? `Your own command hooks.verify said that all is well${took}.`
    : `Your own command hooks.verify failed${took}: logs/hook-verify.log.`
  const reason = isOk ? 'within_bound' : 'beyond_bound'
  return [{ ...common, verdict: isOk ? 'pass' : 'fail', reason, measured: yesOrNo(isOk, 1, method), why }]
}
