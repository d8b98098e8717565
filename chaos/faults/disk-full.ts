import { asks, byAnswer } from './database-of.ts'
import type { NodeFault } from './fault.ts'

const diskFullState = '53100'
/**
 * Some 30 bytes each: several times what may be in memory, so that it is put down on disk. Sent together, the two are one
 * transaction, with whose end the small memory goes.
 */
const rowsToPutDown = 10_000
const putDownSql = `set local work_mem = '64kB'; select count(*) from generate_series(1, ${rowsToPutDown})`
/** What others give up, such as the room of a large sort, must not stay free for long. */
const takeAgainMs = 100

/**
 * No room where the tables are: what has to grow fails (53100), and so does every query that sorts on disk; what is
 * there can be read, and changed where its page has room. The write-ahead log has a place of its own.
 */
export const diskFull: NodeFault = {
  name: 'disk-full',
  title: 'no room where the tables are: nothing can grow (53100)',
  on: 'node',
  roles: ['postgres'],
  fillsDisk: true,
  judgedBy: 'bounded',
  minimumForMs: 2_000,
  parameters: {},
  apply: (node) => node.fillDisk(),
  async during(node, _, { signal, sleep }) {
    while (!signal.aborted) {
      await sleep(takeAgainMs)
      if (!signal.aborted) await node.fillDisk()
    }
  },
  heal: (node) => node.giveDiskBack(),
  question: () => asks(putDownSql),
  isAffected: (sample) => (sample.sqlState === diskFullState ? true : byAnswer(sample, () => false)),
}
