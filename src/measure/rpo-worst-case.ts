import type { Measured } from '../domain/verdict.ts'
import type { MeasureSpec, Question } from './measure-spec.ts'
import { atLeast, exactly, none } from './measured.ts'
import { backupPlanOf, lacksBackups, numberIn, restoreStretch, stepsOf } from './restore-steps.ts'

/** For a loss that nothing bounds there is no number: more than any bound of a plan, which ends at a day. */
const unboundedS = 365 * 86_400

/** What a loss at the worst moment would take: RPO by the schedule, whatever was lost in the drill itself. */
export const rpoWorstCase: MeasureSpec = {
  id: 'data.rpo_worst_case',
  title: 'Most that can be lost by the schedule of archive and backups',
  unit: 's',
  bounds: ['max'],
  windows: ['injection', 'run'],
  perTool: false,
  needs: [],
  lacking: lacksBackups,
  stretch: restoreStretch,
  compute: worstCase,
}

function worstCase(question: Question): Measured {
  const { view, window } = question
  const plan = backupPlanOf(view, window)
  const kind = stepsOf(view, window, 'backup_taken').at(-1)?.kind
  const archiving = stepsOf(view, window, 'archiving').at(-1)
  const timeoutMs = numberIn(archiving, 'timeoutMs')
  if (plan === null || kind === undefined || archiving === undefined || timeoutMs === null)
    return none('no_samples', `no backup, or no archive, was told of during ${window.id}`, 's', 0, 'the schedule')
  if (kind === 'dump') return byInterval(plan.dumpEveryMs, 'dump_every')
  if (archiving.isOn !== true || archiving.isFailing !== false) return byInterval(plan.baseEveryMs, 'base_every')
  if (timeoutMs > 0) return exactly(timeoutMs / 1_000, 's', 1, "archive_timeout, as the database's own setting has it")
  // A base backup ends the segment that it finds half full.
  if (plan.baseEveryMs !== null) return byInterval(plan.baseEveryMs, 'base_every')
  return atLeast(unboundedS, 's', 1, 'archive_timeout is 0: a segment that does not fill is never archived')
}

function byInterval(everyMs: number | null, key: string): Measured {
  const method = `${key}, as declared: all since the last one is lost`
  return everyMs === null
    ? none('not_measurable', `how often one is taken is not said: backups: {${key}: 24 h}`, 's', 0, method)
    : exactly(everyMs / 1_000, 's', 1, method)
}
