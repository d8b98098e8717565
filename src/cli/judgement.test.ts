import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { calmRun } from '../measure/testing/calm-run.ts'
import { writeRun } from '../measure/testing/generated-run.ts'
import { judgeFolder } from './judgement.ts'
import { tellError } from './problem.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'squall-judgement-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('tells of a report that cannot be written as what it is, not as a defect of Squall', async () => {
  writeRun(folder, calmRun())
  mkdirSync(join(folder, 'report.html'))
  const error: unknown = await judgeFolder(folder).catch((thrown: unknown) => thrown)
  const told = tellError(error)
  expect(told.text).toMatch(/^squall: cannot write .*report\.html/)
  expect(told.exitCode).toBe(3)
})
