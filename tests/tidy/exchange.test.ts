import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Exchange } from '../mutation/exchange.ts'

test('a row that another worker is writing is read when it is whole', () => {
  const folder = mkdtempSync(join(tmpdir(), 'squall-exchange-'))
  using cleanup = new DisposableStack()
  cleanup.defer(() => rmSync(folder, { recursive: true }))
  const exchange = new Exchange(folder)
  exchange.addUnsteady('first')
  appendFileSync(join(folder, 'unsteady'), '"sec')
  expect(exchange.unsteady()).toEqual(['first'])
  appendFileSync(join(folder, 'unsteady'), 'ond"\n')
  expect(exchange.unsteady()).toEqual(['first', 'second'])
})
