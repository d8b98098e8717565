import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { rowFilesFrom } from './row-file.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'squall-row-file-'))
  mkdirSync(join(folder, 'plans'))
  writeFileSync(join(folder, 'plans/ids.csv'), 'id\n1\n')
  writeFileSync(join(folder, 'plans/broken.json'), '[{"id": 1')
  writeFileSync(join(folder, 'plans/ragged.csv'), 'a,b\n1\n')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('it counts from the file of the plan, and is told as it would be written from the working folder', () => {
  const sha256 = createHash('sha256').update('id\n1\n').digest('hex')
  const found = { file: 'plans/ids.csv', rows: [{ id: 1 }], sha256 }
  expect(rowFilesFrom(folder)('ids.csv', 'plans/mine.yaml')).toEqual(found)
  expect(rowFilesFrom(folder)('./ids.csv', join(folder, 'plans/mine.yaml'))).toEqual(found)
  expect(rowFilesFrom(folder)(join(folder, 'plans/ids.csv'), 'mine.yaml')).toEqual(found)
  expect(rowFilesFrom(folder)('plans/ids.csv', null)).toEqual(found)
  expect(rowFilesFrom(tmpdir())('ids.csv', join(folder, 'plans/mine.yaml'))).toMatchObject({ rows: [{ id: 1 }] })
  const elsewhere = { ...found, file: join(folder, 'plans/ids.csv') }
  expect(rowFilesFrom('/')('ids.csv', join(folder, 'plans/mine.yaml'))).toEqual({
    ...elsewhere,
    file: elsewhere.file.slice(1),
  })
  expect(rowFilesFrom('/nowhere')('ids.csv', join(folder, 'plans/mine.yaml'))).toEqual(elsewhere)
})

test.each([
  { why: 'it is not there', written: 'ids.csv', says: /^there is none$/ },
  { why: 'it is a folder', written: 'plans', says: /EISDIR/ },
  { why: 'it is no JSON', written: 'plans/broken.json', says: /JSON/ },
  { why: 'its rows do not fit its names', written: 'plans/ragged.csv', says: /row 1 has 1 fields/ },
])('$why: the problem says so', ({ written, says }) => {
  expect(rowFilesFrom(folder)(written, 'mine.yaml')).toEqual({ file: written, problem: expect.stringMatching(says) })
})
