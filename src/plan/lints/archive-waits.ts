import type { Lint } from './lint.ts'

/** A segment of 16 MiB fills in seconds under load, and in days on a quiet night. */
export const archiveWaits: Lint = {
  id: 'archive-waits',
  severity: 'warning',
  look(plan) {
    return Object.values(plan.stack.nodes).flatMap(({ id, follows, backups }) => {
      if (!backups?.archive || backups.archiveTimeoutMs > 0 || follows !== null) return []
      const why =
        'without a timeout a segment of the log is archived only when it is full: at few writes that may be never, and ' +
        'what a recovery to a point in time can lose has no bound'
      return [{ path: `stack.nodes.${id}.backups.archive_timeout`, why }]
    })
  },
}
