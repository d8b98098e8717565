import { accessSync, constants } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import type { NewestDrill, PreviousDrill } from '../domain/past-drill.ts'
import type { DrillPlan } from '../domain/plan.ts'
import { evidenceDigest } from '../record/evidence-file.ts'
import { listRuns, type PastRun, verdictOf } from '../record/past-runs.ts'
import { assets } from './assets.ts'

/** Where past runs lie: runs/, and beside a run folder that was named. */
export function runsFolders(out: string | null, runs: string = assets.runs): readonly string[] {
  const all = out === null ? [runs] : [dirname(resolve(out)), resolve(runs)]
  return [...new Set(all)].filter(canBeRead)
}

function canBeRead(folder: string): boolean {
  try {
    accessSync(folder, constants.R_OK)
    return true
  } catch {
    return false
  }
}

interface PastDrill extends PastRun {
  readonly drill: DrillPlan
}

/** The newest first; folders that are no runs, or whose run.json is not whole, are none. */
function drillsIn(folders: readonly string[]): readonly PastDrill[] {
  return folders
    .flatMap((folder) => listRuns(folder).runs)
    .flatMap((past) => (past.run.plan.drill === null ? [] : [{ ...past, drill: past.run.plan.drill }]))
    .sort((a, b) => Date.parse(b.run.startedAt) - Date.parse(a.run.startedAt))
}

/** The drill to chain the next one to: the newest that left evidence. null: the next one is the first. */
export function previousDrill(folders: readonly string[]): PreviousDrill | null {
  for (const { folder, run } of drillsIn(folders)) {
    const evidenceSha256 = evidenceDigest(folder)
    if (evidenceSha256 !== null) return { id: run.id, folder: basename(folder), evidenceSha256 }
  }
  return null
}

/** What a gate tells of recovery: the newest drill of all, judged or not. null: there is none. */
export function newestDrill(folders: readonly string[]): NewestDrill | null {
  const [newest] = drillsIn(folders)
  if (newest === undefined) return null
  const { folder, run, drill } = newest
  return { id: run.id, drill: drill.name, verdict: verdictOf(folder), startedAt: run.startedAt }
}
