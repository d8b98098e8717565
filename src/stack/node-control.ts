import type { Clock } from '../domain/clock.ts'
import { type ClusterControl, type NodeControl, NotPossibleHere, type TellStep } from '../domain/node-control.ts'
import type { KeeperClient } from '../keeper/client.ts'
import { giveMemoryBack, limitMemory, readMemoryLimit } from '../keeper/memory-limit.ts'
import { limitOpenFiles, nextFileNumber, readOpenFilesLimit } from '../keeper/open-files.ts'
import { fillDisk, isMounted, resizeDisk } from '../keeper/own-disk.ts'
import { type ProcessMark, readProcess } from '../keeper/process-table.ts'
import { controlDatabase } from './database-control.ts'
import type { DatabaseCluster, RunningNode, RunningStack } from './running-stack.ts'

/** One fault's hold on one node of a running stack. */
export function controlNode(
  { id, role, url, applicationUrl, disk }: RunningNode,
  stack: RunningStack,
  keeper: KeeperClient,
  injectionId: string,
  clock: Clock,
  tell: TellStep,
): NodeControl {
  const mainPid = (): number => stack.processes.get(id)?.pid ?? 0
  let memory: { readonly mark: ProcessMark; readonly before: string } | null = null
  let files: { readonly pid: number; readonly limit: number } | null = null
  let filling: Promise<void> = Promise.resolve()
  const givingBack = new AbortController()
  const place = applicationUrl === null ? null : { superuserUrl: url, applicationUrl }
  return {
    id,
    role,
    signal: (signal) => keeper.signal(id, signal, { planned: signal === 'SIGKILL', tree: true }),
    async stop(graceMs) {
      // SIGINT is PostgreSQL's "fast": it waits for no client, as `pg_ctl stop` and service managers have it.
      await keeper.stop(id, { signal: role === 'postgres' ? 'SIGINT' : 'SIGTERM', graceMs })
    },
    start: () => stack.start(id),
    async useUpFiles() {
      const pid = mainPid()
      const limit = readOpenFilesLimit(pid)
      if (limit === null) throw notTold(pid, `how many files ${id} may open`)
      if (files?.pid !== pid) files = { pid, limit }
      await limitOpenFiles(pid, nextFileNumber(pid))
    },
    async giveFilesBack() {
      if (files !== null && files.pid === mainPid()) await limitOpenFiles(files.pid, files.limit)
    },
    async takeMemory(eachBytes) {
      const mark = readProcess(mainPid())
      const before = mark === undefined ? null : readMemoryLimit(mark.pid)
      if (mark === undefined || before === null) throw notTold(mainPid(), `how much memory ${id} may have`)
      memory ??= { mark, before }
      await limitMemory(mark, String(eachBytes))
    },
    async giveMemoryBack() {
      if (memory !== null) await giveMemoryBack(memory.mark, memory.before)
    },
    async fillDisk() {
      if (disk === null)
        throw new NotPossibleHere(
          `the data of ${id} has no file system of its own: that takes root, and the right to mount one`,
        )
      if (givingBack.signal.aborted) return
      filling = fillDisk(disk, givingBack.signal)
      await filling
    },
    async giveDiskBack() {
      givingBack.abort()
      // One that is under way would fill it again.
      await filling.catch(() => undefined)
      if (disk !== null && isMounted(disk)) await resizeDisk(disk)
    },
    database: place === null ? null : controlDatabase(place, injectionId, clock),
    cluster: role === 'postgres' && stack.cluster !== null ? asSeenBy(id, stack.cluster) : null,
    backup: stack.backups.get(id) ?? null,
    tell,
  }
}

/** Of a process that runs, this machine does not tell it; one that has ended has nothing to tell. */
function notTold(pid: number, what: string): Error {
  const message = `${what} is not told`
  return readProcess(pid) === undefined ? new Error(`${message}: it does not run`) : new NotPossibleHere(message)
}

function asSeenBy(id: string, cluster: DatabaseCluster): ClusterControl {
  return {
    primary: () => cluster.primary,
    promote: () => cluster.promote(),
    route: (to) => cluster.route(to),
    rejoin: () => cluster.rejoin(id),
  }
}
