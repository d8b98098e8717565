import type { BackupPlan } from '../../domain/backup.ts'
import { formatDurationMs } from '../quantity.ts'
import { type Lint, maxMs } from './lint.ts'

export const rpoBelowSchedule: Lint = {
  id: 'rpo-below-schedule',
  severity: 'warning',
  look({ objectives, stack }) {
    const bounds = objectives.filter(({ measure, judged }) => judged && measure === 'data.rpo_worst_case')
    return Object.values(stack.nodes).flatMap(({ id, follows, backups }) => {
      const schedule = backups && follows === null ? scheduleOf(backups) : null
      if (schedule === null) return []
      return bounds.flatMap((objective) => {
        const boundMs = maxMs(objective)
        if (boundMs === null || schedule.ms <= boundMs) return []
        const why =
          `${schedule.what} every ${formatDurationMs(schedule.ms)}: as much may be lost at the worst moment, so that a bound of ` +
          `${objective.boundText} (${objective.id}) cannot be met`
        return [{ path: `stack.nodes.${id}.backups.${schedule.key}`, why }]
      })
    })
  },
}

/** What bounds a loss; null: nothing is known to, which `archive-waits` and the finding itself tell. */
function scheduleOf({ archive, archiveTimeoutMs, baseEveryMs, dumpEveryMs }: BackupPlan) {
  if (archive)
    return archiveTimeoutMs === 0 ? null : { key: 'archive_timeout', ms: archiveTimeoutMs, what: 'the log is archived' }
  const backups = [
    { key: 'base_every', ms: baseEveryMs, what: 'without an archive, a base backup is taken' },
    { key: 'dump_every', ms: dumpEveryMs, what: 'without an archive, a dump is taken' },
  ].flatMap(({ key, ms, what }) => (ms === null ? [] : [{ key, ms, what }]))
  return backups.sort((a, b) => a.ms - b.ms)[0] ?? null
}
