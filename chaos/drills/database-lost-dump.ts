import { dataGone } from './data-gone.ts'

/** All that was written since the dump is lost. */
export const databaseLostDump = dataGone({
  name: 'database-lost-dump',
  from: 'a dump',
  by: 'dump',
  schedule: { dump_every: '24 h' },
  act: 'a new cluster is made, and filled by pg_restore from the newest dump; then it is started',
})
