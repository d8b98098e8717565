import type { Catalogue } from '../../domain/catalogue.ts'
import type { Advice, Plan } from '../../domain/plan.ts'
import { acquireOutlivesTool } from './acquire-outlives-tool.ts'
import { archiveWaits } from './archive-waits.ts'
import { backupsOfOldPrimary } from './backups-of-old-primary.ts'
import { boundBeyondCallTimeout } from './bound-beyond-call-timeout.ts'
import { boundHidesFault } from './bound-hides-fault.ts'
import { callTimeoutBelowTool } from './call-timeout-below-tool.ts'
import { connectionsBoundNearSlots } from './connections-bound-near-slots.ts'
import { fewCallsPerTool } from './few-calls-per-tool.ts'
import { latencyBoundIsQueryLimit } from './latency-bound-is-query-limit.ts'
import { latencyBoundNearPace } from './latency-bound-near-pace.ts'
import { ledgerTooSlow } from './ledger-too-slow.ts'
import type { Lint } from './lint.ts'
import { noConnectLimit } from './no-connect-limit.ts'
import { noQueryLimit } from './no-query-limit.ts'
import { ownBalancer } from './own-balancer.ts'
import { ownSupervisor } from './own-supervisor.ts'
import { poolExceedsSlots } from './pool-exceeds-slots.ts'
import { rateLimit } from './rate-limit.ts'
import { recoveryBoundBeyondWindow } from './recovery-bound-beyond-window.ts'
import { recoveryCutShort } from './recovery-cut-short.ts'
import { restoreAtDrillSize } from './restore-at-drill-size.ts'
import { restoreCountsTables } from './restore-counts-tables.ts'
import { rpoBelowSchedule } from './rpo-below-schedule.ts'
import { rpoBeyondRun } from './rpo-beyond-run.ts'
import { rtoBelowWait } from './rto-below-wait.ts'
import { timeoutsNest } from './timeouts-nest.ts'

/** In the order in which their advice is shown. */
export const lints: readonly Lint[] = [
  poolExceedsSlots,
  connectionsBoundNearSlots,
  noConnectLimit,
  noQueryLimit,
  timeoutsNest,
  acquireOutlivesTool,
  callTimeoutBelowTool,
  rateLimit,
  latencyBoundNearPace,
  latencyBoundIsQueryLimit,
  boundBeyondCallTimeout,
  boundHidesFault,
  recoveryCutShort,
  recoveryBoundBeyondWindow,
  fewCallsPerTool,
  ownSupervisor,
  rtoBelowWait,
  archiveWaits,
  backupsOfOldPrimary,
  rpoBelowSchedule,
  rpoBeyondRun,
  ledgerTooSlow,
  restoreCountsTables,
  restoreAtDrillSize,
  ownBalancer,
]

/** All lints' words on a plan that has no problems. */
export function adviseOn(plan: Plan, catalogue: Catalogue): readonly Advice[] {
  return lints.flatMap(({ id, severity, look }) =>
    look(plan, catalogue).map(({ path, why }) => ({ id, severity, path, why })),
  )
}
