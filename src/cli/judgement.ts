import { renderAll } from '../../reports/render.ts'
import type { Report } from '../domain/verdict.ts'
import { type EvidenceFile, readEvidence } from '../record/evidence-file.ts'
import { evidenceFileName, type FileDigest, kindOf, takeInventory } from '../record/inventory.ts'
import { type RunFolder, readRunFolder } from '../record/reader.ts'
import { RecordError, writeDerived } from '../record/writer.ts'
import { readVersion } from './environment.ts'

export interface Judged {
  readonly report: Report
  readonly reportJson: string
  /** Why evidence.json was left as it is; null: it was written. */
  readonly evidenceKept: string | null
}

/**
 * Reads a run folder, judges it, and writes the derived files into it; evidence.json last, as it vouches for all others.
 * @throws RunFolderError when it cannot be judged; RecordError when a file cannot be written
 */
export async function judgeFolder(folder: string): Promise<Judged> {
  const { judgeRun } = await import('../judge/judge-run.ts')
  const recorded = readRunFolder(folder)
  const before = readEvidence(folder)?.evidence ?? null
  const { report, series } = judgeRun(recorded)
  const reports = renderAll(report, series)
  const derived = new Set(reports.keys())
  for (const [name, text] of reports) writeDerived(folder, name, text)
  const { files } = takeInventory(folder)
  checkSteady(folder, recorded, files)
  const evidenceKept = before === null ? null : changeOf(before, files, derived)
  if (evidenceKept === null) {
    const { renderEvidence } = await import('../judge/evidence-file.ts')
    const people = before?.people ?? null
    const source = { folder: recorded, report, files, derived, squall: readVersion(), people }
    writeDerived(folder, evidenceFileName, renderEvidence(source))
  }
  return { report, reportJson: reports.get('report.json') ?? '', evidenceKept }
}

/** The digests must be of what was judged. */
function checkSteady(folder: string, { sha256 }: RunFolder, files: readonly FileDigest[]): void {
  const found = new Map(files.map((file) => [file.file, file.sha256]))
  for (const [file, digest] of sha256) {
    if (found.get(file) === digest) continue
    throw new RecordError(`${folder}/${file} changed while it was judged`, 'is something still writing to it?')
  }
}

/**
 * What was recorded is not what an earlier judgement vouched for: evidence made anew would vouch for the change. null:
 * nothing recorded has changed.
 */
function changeOf(before: EvidenceFile, files: readonly FileDigest[], derived: ReadonlySet<string>): string | null {
  const recorded = (all: readonly FileDigest[]) =>
    new Map(all.filter(({ file }) => kindOf(file, derived) === 'recorded').map(({ file, sha256 }) => [file, sha256]))
  const then = recorded(before.files)
  const now = recorded(files)
  const changed = [...new Set([...then.keys(), ...now.keys()])].filter((file) => then.get(file) !== now.get(file))
  return changed.length === 0 ? null : `${changed.join(', ')} not as recorded`
}
