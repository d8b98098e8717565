import type { NewestDrill } from '../domain/past-drill.ts'
import type { StackKind } from '../domain/plan.ts'
import type { NotAssessed, Report } from '../domain/verdict.ts'
import type { RunFile } from '../record/reader.ts'

const dayMs = 24 * 60 * 60 * 1_000

/**
 * The newest drill as a gate tells it, aged at the run's start, so that it is as old in every rendering; nothing where
 * nobody looked for one.
 */
export function newestDrillOf({ newestDrill, startedAt }: RunFile): Pick<Report, 'newestDrill'> {
  if (newestDrill === undefined) return {}
  if (newestDrill === null) return { newestDrill }
  return { newestDrill: { ...newestDrill, ageDays: daysBetween(newestDrill.startedAt, startedAt) } }
}

function daysBetween(from: string, to: string): number {
  const days = Math.floor((Date.parse(to) - Date.parse(from)) / dayMs)
  return Number.isNaN(days) ? 0 : Math.max(0, days)
}

/** "Disaster recovery tested" is a launch criterion: a gate that knows of no judged drill says so, and what to do. */
export function recoveryNotAssessed({ newestDrill, plan }: RunFile): readonly NotAssessed[] {
  const why = newestDrill === undefined ? null : lackOf(newestDrill, plan.stack.kind)
  return why === null ? [] : [{ id: 'disaster-recovery-tested', measure: 'drill.newest', window: 'run', why }]
}

function lackOf(newest: NewestDrill | null, kind: StackKind): string | null {
  if (newest === null) {
    const lack = 'No drill was found among the past runs, so nothing shows that recovery works.'
    if (kind === 'local') return `${lack} Do one by \`squall drill\`.`
    return `${lack} A drill cannot be done on a server that Squall did not start: give a plan its stack.nodes.server.command.`
  }
  if (newest.verdict !== null) return null
  return `The newest drill, ${newest.id}, has no verdict that can be gone by. Judge it by \`squall report\` on its folder.`
}
