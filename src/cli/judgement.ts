import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { renderAll } from '../../reports/render.ts'
import type { Report } from '../domain/verdict.ts'

import { readRunFolder } from '../record/reader.ts'

export interface Judged {
  readonly report: Report
  readonly reportJson: string
}

/** The right half of the design: reads a run folder, judges it, and writes the derived files into it. */
export async function judgeFolder(folder: string): Promise<Judged> {
  const { judgeRun } = await import('../judge/judge-run.ts')
  const { report, series } = judgeRun(await readRunFolder(folder))
  const files = renderAll(report, series)
  for (const [name, text] of files) writeFileSync(join(folder, name), text)
  return { report, reportJson: files.get('report.json') ?? '' }
}
