import { dataGone } from './data-gone.ts'

/** What was written after the last archived segment is lost. */
export const databaseLost = dataGone({
  name: 'database-lost',
  from: 'a base backup and the archive',
  by: 'base-backup',
  schedule: { base_every: '24 h' },
  act: 'the newest base backup is restored in place and brought forward by all of the log that was archived; then it is started',
})
