import { listOpenRuns } from '../../src/keeper/clear.ts'
import { ensureEngines } from '../../src/setup/engines.ts'

/** Where a test of its own connects to, while a run is open. */
export interface RunAddresses {
  /** The port of the nth of a process's listeners; undefined: it is not there. */
  portOf(process: string, at?: number): number | undefined
  /** As superuser, in that database. */
  urlAt(port: number | undefined, database: string): string
}

export async function addressesOf(runFolder: string): Promise<RunAddresses> {
  const { places, dataTemplate } = await ensureEngines()
  const { name, password } = dataTemplate.superuser
  const record = listOpenRuns(places.stateDir).find((run) => run.record?.runFolder === runFolder)?.record
  return {
    portOf: (process, at = 0) => record?.processes.findLast((one) => one.name === process)?.ports?.[at],
    urlAt: (port, database) => `postgres://${name}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`,
  }
}
