import { expect, it } from 'vitest'
import { diskFull } from '../../chaos/faults/disk-full.ts'
import { usualQuestion } from '../domain/probe-sample.ts'
import { databaseTarget } from './database-probe.ts'
import { startPooler } from './testing/pooler.ts'

it.each(['long', 'fresh'] as const)(
  'the %s connection asks a pooler for nothing that one refuses',
  async (connection) => {
    await using pooler = await startPooler('1')
    const line = databaseTarget(pooler.url).newLine(connection)
    await line.open()
    expect(await line.ask(usualQuestion)).toBe('1')
    line.destroy()
  },
)

it('a question that is to have little memory asks for it itself, and for no longer than its transaction', async () => {
  await using pooler = await startPooler('10000')
  const line = databaseTarget(pooler.url).newLine('long')
  await line.open()
  expect(await line.ask(diskFull.question?.({}, 'full') ?? usualQuestion)).toBe('10000')
  expect(pooler.asked).toEqual([expect.stringMatching(/^set local work_mem = '64kB'; select/)])
  line.destroy()
})
