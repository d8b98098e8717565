import { integrityMeasures } from '../measure/integrity-measures.ts'
import type { RunView } from '../measure/run-view.ts'
import { type Judged, judgeObjective } from './objective-findings.ts'

/** A drill's database is to be whole afterwards. Where the plan has an objective of its own on it, that one speaks. */
export function judgeIntegrity(view: RunView): Judged {
  const { drill, objectives } = view.plan
  if (!drill) return { findings: [], notAssessed: [] }
  const parts = integrityMeasures
    .filter(({ id }) => !objectives.some((objective) => objective.measure === id))
    .map(({ id }) => judgeObjective(view, { ...none, id, measure: id }))
  return {
    findings: parts.flatMap((part) => part.findings),
    notAssessed: parts.flatMap((part) => part.notAssessed),
  }
}

const none = { during: 'run', max: 0, min: null, is: null, boundText: '0', where: null, withinMs: null, judged: true }
