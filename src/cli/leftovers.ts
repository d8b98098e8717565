import { clearDeadRuns, listOpenRuns, tellCleared } from '../keeper/clear.ts'
import type { Leftover } from '../setup/checkup.ts'
import { findPlaces } from '../setup/places.ts'
import type { CliContext } from './context.ts'

/** Clears what dead runs left behind, and says so: every command that starts something begins with this. */
export async function clearLeftovers(context: CliContext, stateDir: string): Promise<void> {
  for (const cleared of await clearDeadRuns(stateDir, context.clock)) context.stderr(`${tellCleared(cleared)}\n`)
}

/** What dead runs left behind, for whoever only wants to look. */
export async function findLeftovers(): Promise<readonly Leftover[]> {
  return listOpenRuns(findPlaces().stateDir)
    .filter(({ state }) => state === 'dead')
    .map(({ runId, faults }) => {
      const acting = faults.length === 0 ? '' : ` (faults that may act: ${faults.join(', ')})`
      return { text: `a dead run left something behind: ${runId}${acting}`, hint: 'squall heal' }
    })
}
