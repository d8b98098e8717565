import { expect, test } from 'vitest'
import { startPooler } from '../../observe/testing/pooler.ts'
import { queryMsMax } from './limits.ts'
import { rowsOfQuery } from './query.ts'

test('rows come through a pooler, read-only and bounded for one transaction', async () => {
  await using pooler = await startPooler('{"id":7}')
  expect(await rowsOfQuery(pooler.url, 'select id from customers')).toEqual([{ id: 7 }])
  expect(pooler.asked.slice(0, 2)).toEqual(['begin read only', `set local statement_timeout = ${queryMsMax}`])
})
