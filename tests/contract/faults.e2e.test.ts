import { beforeAll, describe, expect, it } from 'vitest'
import { faults } from '../../chaos/faults/registry.ts'
import { ensureEngines } from '../../src/setup/engines.ts'
import { type ContractRun, runContract } from './contract-run.ts'
import { faultRows, layOut } from './fault-rows.ts'

/**
 * One contract for all faults: under load, twice in a row, each is requested, applied, observed, healed, and seen to be
 * gone, and then nothing of it is left. One run of `squall run` has them all, one after the other.
 *
 * SQUALL_FAULTS=kill,freeze has only these, for whoever works on one.
 */
const only = process.env.SQUALL_FAULTS?.split(',')
const rows = faultRows.filter(({ fault }) => only === undefined || only.includes(fault))

it('every fault has a row in the table, on what it acts on', () => {
  const wanted = [...faults.values()].map(({ name, on }) => `${name} ${on}`)
  const had = faultRows.map(({ fault, on }) => `${fault} ${on === 'db' ? 'link' : 'node'}`)
  expect([...new Set(had)].sort()).toEqual(wanted.sort())
})

describe('a run with all faults', () => {
  let run: ContractRun
  beforeAll(async () => {
    run = await runContract(rows, await ensureEngines())
  })

  it('ends as planned, with no exit that nobody had asked for', () => {
    const { exitCode, stderr, unplannedExits } = run
    expect([exitCode, unplannedExits], stderr).toEqual([0, []])
  })

  it.each(layOut(rows).planned.map(({ id }) => id))('%s', (id) => {
    expect(run.broken.get(id)).toBe('')
  })
})
