import { renderAll } from '../../reports/render.ts'
import type { Report } from '../domain/verdict.ts'
import { readRunFolder } from '../record/reader.ts'
import { writeDerived } from '../record/writer.ts'

export interface Judged {
  readonly report: Report
  readonly reportJson: string
}

/**
 * Reads a run folder, judges it, and writes the derived files into it.
 * @throws RunFolderError when it cannot be judged; RecordError when a file cannot be written
 */
export async function judgeFolder(folder: string): Promise<Judged> {
  const { judgeRun } = await import('../judge/judge-run.ts')
  const { report, series } = judgeRun(await readRunFolder(folder))
  const files = renderAll(report, series)
  for (const [name, text] of files) writeDerived(folder, name, text)
  return { report, reportJson: files.get('report.json') ?? '' }
}
