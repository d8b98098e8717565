import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { listOpenRuns } from '../keeper/clear.ts'

/** Logs of what is down: a day's tries, some 100 kB each. */
const logsKeptMax = 10

/** Makes the folder for the logs of what is kept without a run; the oldest of others go when there are many. */
export function makeLogsFolder(stateDir: string, id: string): string {
  const logs = join(stateDir, 'logs', id)
  // Logs may hold what the database was asked: for us alone.
  mkdirSync(logs, { recursive: true, mode: 0o700 })
  removeOldLogs(dirname(logs), stateDir)
  return logs
}

/** Logs outlive their stack, for whoever asks why it fell. */
function removeOldLogs(dir: string, stateDir: string): void {
  const open = new Set(listOpenRuns(stateDir).map(({ runId }) => runId))
  const closed = readdirSync(dir)
    .filter((id) => !open.has(id))
    .map((id) => ({ path: join(dir, id), changedMs: statSync(join(dir, id)).mtimeMs }))
    .sort((a, b) => b.changedMs - a.changedMs)
  for (const { path } of closed.slice(logsKeptMax)) rmSync(path, { recursive: true, force: true })
}
