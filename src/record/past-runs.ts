import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { type Verdict, verdicts } from '../domain/verdict.ts'
import { readEvidence } from './evidence-file.ts'
import { type RunFile, readRunFile } from './reader.ts'
import { RunFolderError } from './reader-error.ts'

/** A run folder with a run.json that can be read. */
export interface PastRun {
  readonly folder: string
  readonly run: RunFile
}

export interface UnreadableRun {
  readonly folder: string
  readonly why: string
}

const outcome = z.object({
  schemaVersion: z.literal(1),
  verdict: z.enum(verdicts),
  measurements: z.array(
    z.object({
      id: z.string(),
      kind: z.enum(['value', 'atLeast', 'none']),
      value: z.union([z.number(), z.boolean()]).nullable(),
      unit: z.string(),
      interval: z.object({ low: z.number(), high: z.number().nullable() }).nullable(),
    }),
  ),
})

/** What of a plan is gone by beside its name; the rest of run.json is the business of those who judge it. */
const planHead = z.object({
  name: z.string(),
  quick: z.boolean(),
  drill: z.object({ name: z.string(), every: z.enum(['week', 'month', 'quarter', 'year']).nullable() }).nullable(),
})

/** What a report.json said of a run. */
export type Outcome = z.infer<typeof outcome>

/** All folders below `runsFolder`, the newest run first; files in it are none of ours. Throws what the system says. */
export function listRuns(runsFolder: string): { runs: readonly PastRun[]; unreadable: readonly UnreadableRun[] } {
  const runs: PastRun[] = []
  const unreadable: UnreadableRun[] = []
  for (const name of readdirSync(runsFolder).sort()) {
    const folder = join(runsFolder, name)
    try {
      if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory() || isCampaign(folder)) continue
      runs.push({ folder, run: readDated(folder) })
    } catch (error) {
      unreadable.push({ folder, why: whyNot(error) })
    }
  }
  return { runs: runs.sort(byAge), unreadable }
}

/** A folder of several runs that were made to be compared, and no past of anything. */
function isCampaign(folder: string): boolean {
  return existsSync(join(folder, 'base', '1', 'run.json')) && !existsSync(join(folder, 'run.json'))
}

/** Two runs of one millisecond do not happen; their ids keep the order the same all the same. */
function byAge(a: PastRun, b: PastRun): number {
  return Date.parse(b.run.startedAt) - Date.parse(a.run.startedAt) || (a.run.id < b.run.id ? 1 : -1)
}

function readDated(folder: string): RunFile {
  const run = readRunFile(folder)
  if (!Number.isNaN(Date.parse(run.startedAt)) && planHead.safeParse(run.plan).success) return run
  throw new RunFolderError(
    'not_a_run',
    `${join(folder, 'run.json')} names no start, or no plan as Squall writes it`,
    '',
  )
}

function whyNot(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/**
 * What a run was found to be, from its report.json: read back here alone, as judging all past runs anew would take as
 * long as they took. A text says why there is nothing to go by, such as a report that was changed after it was written.
 */
export function readOutcome(folder: string): Outcome | string {
  const path = join(folder, 'report.json')
  if (!existsSync(path)) return 'not judged'
  try {
    const bytes = readFileSync(path)
    // Runs of before there was evidence have none to be checked by.
    const listed = readEvidence(folder)?.evidence.files.find(({ file }) => file === basename(path))
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    if (listed !== undefined && listed.sha256 !== sha256) return 'report.json was changed since'
    const parsed = outcome.safeParse(JSON.parse(bytes.toString('utf8')))
    return parsed.success ? parsed.data : 'report.json is not one'
  } catch (error) {
    return error instanceof SyntaxError ? 'report.json is not one' : whyNot(error)
  }
}

/** The verdict of a run; null where nothing can be gone by. */
export function verdictOf(folder: string): Verdict | null {
  const found = readOutcome(folder)
  return typeof found === 'string' ? null : found.verdict
}
