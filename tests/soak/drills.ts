/**
 * Fail-overs with replication held back for a while that is drawn, and synchronous ones, again and again: `node
 * tests/soak/drills.ts [times] [seed]` (20 and 42 unless told; of each). What the new primary itself lacks, asked by this
 * file, must be what the run tells as lost, name by name; a synchronous fail-over loses nothing. Ends with 1 otherwise.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  connectTo,
  type LedgerLine,
  lossesOf,
  rowsOf,
  survivors,
  type TimelineLine,
  timelineHas,
} from '../e2e/drill.ts'
import { SquallProcess } from '../e2e/squall-process.ts'

const times = Number(process.argv[2] ?? '20')
const seed = Number(process.argv[3] ?? '42')

const isRouted = ([, kind, , { step }]: TimelineLine): boolean => kind === 'supervisor' && step === 'routed'

/** The drill, shorter, and with writes at 300 a second. Held back: from 0.5 s to 2 s. */
function planOf(drill: string, turn: number): string {
  const heldMs = 500 + ((seed * 7_919 + turn * 104_729) % 1_500)
  const phases = [
    { id: 'warm-up', for: '2 s' },
    { id: 'steady', for: '22 s' },
  ]
  const killed = { id: 'primary-killed', start: { phase: 'steady', at: '6 s' }, for: '8 s', recovery: '6 s' }
  const held = { id: 'replication-behind', start: { phase: 'steady', at: `${6_000 - heldMs} ms` }, for: '6 s' }
  const faults = drill === 'failover' ? [held, killed] : [killed]
  const observe = { ledger: { via: 'both', rate: '300/s' } }
  return JSON.stringify({
    squall: 1,
    name: `soak-${drill}`,
    extends: `drill:${drill}`,
    load: { phases },
    faults,
    observe,
  })
}

async function carryOut(drill: string, turn: number): Promise<string | null> {
  const folder = mkdtempSync(join(tmpdir(), 'squall-soak-'))
  try {
    const file = join(folder, 'plan.yaml')
    writeFileSync(file, planOf(drill, turn))
    using squall = new SquallProcess(['gate', file, '--out', '{out}'])
    await timelineHas(squall, isRouted)
    const routedUs = rowsOf<TimelineLine>(squall, 'timeline.ndjson').find(isRouted)?.[0] ?? 0
    const client = await connectTo(squall, 'replica')
    const survived = await survivors(squall, client).finally(() => client.end())
    const code = await squall.exitCode()
    const { told, shown } = lossesOf(squall, survived, routedUs)
    const lost = squall.report().measurements.find(({ id, window }) => id === 'data.lost_writes' && window === 'run')
    const unknown = rowsOf<LedgerLine>(squall, 'ledger.ndjson').filter(([, , , , { outcome }]) => outcome === 'unknown')
    console.log(
      `${turn}/${times} ${drill}: exit ${code}, ${shown.length} lost by SQL, ${String(lost?.value)} in all, ${unknown.length} unknown`,
    )
    if (code !== 0) return `exit ${code}: ${squall.report().summary}`
    if (told.join() !== shown.join()) return `told ${told.length} lost, the new primary lacks ${shown.length}`
    if (drill === 'failover') return shown.length > 0 ? null : 'nothing was lost, so nothing was shown'
    return lost?.value === 0 ? null : `${String(lost?.value)} lost though the replica is synchronous`
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

let wrongs = 0
for (let turn = 1; turn <= times; turn += 1) {
  for (const drill of ['failover', 'failover-synchronous']) {
    const wrong = await carryOut(drill, turn).catch(String)
    if (wrong === null) continue
    wrongs += 1
    console.log(`WRONG: ${wrong}`)
  }
}
console.log(`${2 * times - wrongs} of ${2 * times} right`)
process.exitCode = wrongs === 0 ? 0 : 1
