import { databaseOf, untilOver } from './database-of.ts'
import { type NodeFault, numberOf } from './fault.ts'

/** Our own long-lived connection is among those ended: that is how the harm is seen. */
const victims = `backend_type = 'client backend'
  and (application_name not like 'squall%' or application_name like 'squall probe long%')`

const terminate = `select pg_terminate_backend(pid) from pg_stat_activity where ${victims}`

/** Every connection to the database is ended by its administrator (SQLSTATE 57P01), once or again and again. */
export const backendsTerminated: NodeFault = {
  name: 'backends-terminated',
  title: 'all connections ended by the database (57P01), again and again',
  on: 'node',
  roles: ['postgres'],
  judgedBy: 'bounded',
  minimumForMs: 2_000,
  parameters: {
    every: { kind: 'duration', unit: 'ms', min: 200, max: 60_000, default: 1_000, why: 'from one time to the next' },
  },
  apply: async (node) => {
    await databaseOf(node).run(terminate)
  },
  async during(node, parameters, doing) {
    while (!doing.signal.aborted) {
      await doing.sleep(numberOf(parameters, 'every'))
      if (!doing.signal.aborted) await untilOver(doing, databaseOf(node).run(terminate))
    }
  },
  heal: (node) => databaseOf(node).release(),
  seenBy: () => ['long'],
  isAffected: (sample) => sample.error !== null,
}
