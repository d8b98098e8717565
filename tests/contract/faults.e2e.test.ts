import { beforeAll, describe, expect, it } from 'vitest'
import { faults } from '../../chaos/faults/registry.ts'
import { ensureEngines } from '../../src/setup/engines.ts'
import { type ContractRun, runContract } from './contract-run.ts'
import {
  type FaultRow,
  faultRows,
  instanceRows,
  layOut,
  linksOfRows,
  replicatedRows,
  type StackOfRows,
} from './fault-rows.ts'

/**
 * One contract for all faults: under load, twice in a row, each is requested, applied, observed, healed, and seen to be
 * gone, and then nothing of it is left. One run of `squall run` a stack has them all, one after the other.
 *
 * SQUALL_FAULTS=kill,freeze has only these, for whoever works on one.
 */
const only = process.env.SQUALL_FAULTS?.split(',')
const isWanted = ({ fault }: FaultRow): boolean => only === undefined || only.includes(fault)

it('every fault has a row in the tables, on what it acts on', () => {
  const wanted = [...faults.values()].map(({ name, on }) => `${name} ${on}`)
  const had = [...faultRows, ...replicatedRows].map(
    ({ fault, on }) => `${fault} ${linksOfRows.includes(on) ? 'link' : 'node'}`,
  )
  expect([...new Set(had)].sort()).toEqual(wanted.sort())
})

const runs: readonly [StackOfRows, readonly FaultRow[]][] = [
  ['plain', faultRows.filter(isWanted)],
  ['replicated', replicatedRows.filter(isWanted)],
  ['instances', instanceRows.filter(isWanted)],
]

describe.each(runs.filter(([, rows]) => rows.length > 0))('a run with all faults on the %s stack', (stack, rows) => {
  let run: ContractRun
  beforeAll(async () => {
    run = await runContract(rows, stack, await ensureEngines())
  })

  it('ends as planned, with no exit that nobody had asked for', () => {
    const { exitCode, stderr, unplannedExits } = run
    expect([exitCode, unplannedExits], stderr).toEqual([0, []])
  })

  it.each(layOut(rows).planned.map(({ id }) => id))('%s', (id) => {
    expect(run.broken.get(id)).toBe('')
  })
})
