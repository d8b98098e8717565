import { expect, test } from 'vitest'
import { streamColumns } from '../record/streams.ts'
import { cellsOf, missingCells, queryValues } from './database-query.ts'

const row = {
  ...{
    connections: 3,
    active: 1,
    idle_in_transaction: 1,
    waiting_on_lock: 0,
    all_connections: 5,
    max_connections: 100,
  },
  ...{ deadlocks: '2', commits: '10', rollbacks: '0', blocks_hit: '9', blocks_read: '1', sessions: null },
  ...{ started_at: 'a', written: null, followers: null, hidden: 0, idle_ms: [250], quiet_ms: 40 },
}

function told(cells: readonly unknown[]) {
  const columns = streamColumns.database.slice(3)
  expect(cells).toHaveLength(columns.length)
  return Object.fromEntries(columns.map((column, at) => [column, cells[at]]))
}

test('a row has a cell for each column, also where nothing was answered', () => {
  expect(told(cellsOf(row, [7, 21.5], { db: 3 }))).toMatchObject({
    ...{ connections: 3, active: 1, deadlocks: 2, sessions: null, startedAt: 'a', hidden: 0 },
    ...{ idleMs: [250], statements: [7, 21.5], clients: { db: 3 }, quietMs: 40 },
  })
  told(missingCells)
})

test('of sessions whose doings are hidden nothing is counted but that they are there', () => {
  expect(told(cellsOf({ ...row, hidden: 2 }, null, null))).toMatchObject({
    ...{
      connections: 3,
      active: null,
      idleInTransaction: null,
      waitingOnLock: null,
      idleMs: null,
      quietMs: null,
      hidden: 2,
    },
  })
})

test('only * stands for anything in the name of an application', () => {
  const own = { applications: ['shop_*', '100%'], users: ['app'], addresses: ['10.0.0.0/8'], max: null }
  expect(queryValues(own, true)).toEqual([['shop\\_%', '100\\%'], ['app'], ['10.0.0.0/8'], true])
  expect(queryValues(null, false)).toEqual([[], [], [], false])
})
