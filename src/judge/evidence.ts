import type { Evidence } from '../domain/verdict.ts'
import type { Need } from '../measure/gates.ts'
import type { RunFolder } from '../record/reader.ts'

/** Files, by SHA-256, of what a finding rests on: always the plan (run.json) and the timeline, and its streams. */
export function evidenceFor(folder: RunFolder, needs: readonly Need[]): readonly Evidence[] {
  const wanted = (file: string): boolean => {
    if (file === 'run.json' || file === 'timeline.ndjson') return true
    if (file.startsWith('calls/')) return needs.includes('calls') || needs.includes('delivery')
    if (file === 'pool.ndjson') return needs.includes('pool')
    if (file === 'balancer.ndjson') return needs.includes('balancer')
    if (file === 'probe.ndjson') return needs.includes('probe')
    return file === 'database.ndjson' && needs.includes('database')
  }
  return [...folder.sha256]
    .filter(([file]) => wanted(file))
    .map(([file, sha256]) => ({ file, sha256 }))
    .sort((a, b) => (a.file < b.file ? -1 : 1))
}
