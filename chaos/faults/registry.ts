import { archivingFailing } from './archiving-failing.ts'
import { backendsTerminated } from './backends-terminated.ts'
import { bandwidth } from './bandwidth.ts'
import { blackHole } from './black-hole.ts'
import { cpuQuota } from './cpu-quota.ts'
import { crashLoop } from './crash-loop.ts'
import { dataLost } from './data-lost.ts'
import { deadlocks } from './deadlocks.ts'
import { diskFull } from './disk-full.ts'
import { down } from './down.ts'
import { failOver } from './fail-over.ts'
import type { Fault } from './fault.ts'
import { filesUsedUp } from './files-used-up.ts'
import { flapping } from './flapping.ts'
import { freeze } from './freeze.ts'
import { hook } from './hook.ts'
import { hostLost } from './host-lost.ts'
import { idleTransaction } from './idle-transaction.ts'
import { kill } from './kill.ts'
import { latency } from './latency.ts'
import { limitData } from './limit-data.ts'
import { memoryTaken } from './memory-taken.ts'
import { readOnly } from './read-only.ts'
import { replayPaused } from './replay-paused.ts'
import { reset } from './reset.ts'
import { restart } from './restart.ts'
import { rowsOverwritten } from './rows-overwritten.ts'
import { slicer } from './slicer.ts'
import { slotsTaken } from './slots-taken.ts'
import { slowClose } from './slow-close.ts'
import { slowQueries } from './slow-queries.ts'
import { splitBrain } from './split-brain.ts'
import { stop } from './stop.ts'
import { tableDropped } from './table-dropped.ts'
import { tableLocked } from './table-locked.ts'
import { timeout } from './timeout.ts'

/** Every fault that a plan may name. One fault, one file, one line here. */
const all: readonly Fault[] = [
  latency,
  bandwidth,
  slicer,
  reset,
  timeout,
  limitData,
  slowClose,
  down,
  flapping,
  blackHole,
  kill,
  stop,
  freeze,
  crashLoop,
  cpuQuota,
  filesUsedUp,
  memoryTaken,
  diskFull,
  hook,
  restart,
  backendsTerminated,
  slotsTaken,
  tableLocked,
  idleTransaction,
  slowQueries,
  deadlocks,
  readOnly,
  archivingFailing,
  tableDropped,
  rowsOverwritten,
  dataLost,
  failOver,
  hostLost,
  splitBrain,
  replayPaused,
]

export const faults: ReadonlyMap<string, Fault> = new Map(all.map((fault) => [fault.name, fault]))
