import { expect, it } from 'vitest'
import type { Need } from '../measure/gates.ts'
import { RunView } from '../measure/run-view.ts'
import { calmRun } from '../measure/testing/calm-run.ts'
import { type GeneratedRun, readGenerated } from '../measure/testing/generated-run.ts'
import { evidenceFor } from './evidence.ts'

const { pool, ...withoutPool } = calmRun({ calls: [], probe: [] })
const files = (run: GeneratedRun, needs: readonly Need[]) =>
  evidenceFor(new RunView(readGenerated(run)), needs).map(({ file }) => file)
const always = ['run.json', 'timeline.ndjson']

it.each<[reason: string, run: GeneratedRun, needs: readonly Need[], more: readonly string[]]>([
  ['a pool that tells of itself', { ...withoutPool, pool: pool ?? [] }, ['pool'], ['pool.ndjson']],
  ['one that is derived from the sessions', withoutPool, ['pool'], ['database.ndjson', 'probe.ndjson']],
  ['what needs no pool, where none tells of itself', withoutPool, ['ledger'], []],
  ['delivered load is told by the calls', withoutPool, ['delivery'], ['calls/k6-1.ndjson']],
])('%s', (_reason, run, needs, more) => {
  expect(files(run, needs)).toEqual([...always, ...more].sort())
})
