import { backupVerify } from './backup-verify.ts'
import { connectionLost } from './connection-lost.ts'
import { databaseCrash } from './database-crash.ts'
import { databaseLost } from './database-lost.ts'
import { databaseLostDump } from './database-lost-dump.ts'
import { datacenterLost } from './datacenter-lost.ts'
import { type Drill, planTextOf } from './drill.ts'
import { failover } from './failover.ts'
import { failoverSynchronous } from './failover-synchronous.ts'
import { hostLost } from './host-lost.ts'
import { poolExhausted } from './pool-exhausted.ts'
import { queryFails } from './query-fails.ts'
import { replicaLost } from './replica-lost.ts'
import { replicationLag } from './replication-lag.ts'
import { serviceCrash } from './service-crash.ts'
import { splitBrain } from './split-brain.ts'
import { tableCorrupted } from './table-corrupted.ts'

/** Every drill there is. One drill, one file, one line here. */
const all: readonly Drill[] = [
  failover,
  failoverSynchronous,
  hostLost,
  databaseCrash,
  connectionLost,
  queryFails,
  serviceCrash,
  poolExhausted,
  replicaLost,
  replicationLag,
  splitBrain,
  tableCorrupted,
  databaseLost,
  databaseLostDump,
  backupVerify,
  datacenterLost,
]

export const drills: ReadonlyMap<string, Drill> = new Map(all.map((drill) => [drill.name, drill]))

/** A drill's plan is named `drill:<name>`. */
export const drillPrefix = 'drill:'

/** Its plan's text, with the file that has it; null: there is no such drill. */
export function drillText(planName: string): { readonly text: string; readonly file: string } | null {
  const drill = planName.startsWith(drillPrefix) ? drills.get(planName.slice(drillPrefix.length)) : undefined
  return drill === undefined ? null : { text: planTextOf(drill), file: `chaos/drills/${drill.name}.ts` }
}
