import type { Evidence } from '../domain/verdict.ts'
import type { Need, Stretch } from '../measure/gates.ts'
import { restsOn } from '../measure/rests-on.ts'
import type { RunView } from '../measure/run-view.ts'

/**
 * Files, by SHA-256, of what a finding rests on: always the plan (run.json) and the timeline; the streams of what was
 * measured, and of what gave its stretch the edges.
 */
export function evidenceFor(
  view: RunView,
  needs: readonly Need[],
  stretch: Pick<Stretch, 'shapedBy' | 'fault'> = { shapedBy: [], fault: null },
): readonly Evidence[] {
  const all = new Set<string>([...needs, ...restsOn(view, stretch)])
  if (all.has('delivery')) all.add('calls')
  // Derived from what the sessions at the database did.
  if (all.has('pool') && view.folder.pool === null) for (const stream of ['database', 'probe']) all.add(stream)
  const wanted = (file: string): boolean => {
    if (file === 'run.json' || file === 'timeline.ndjson') return true
    return all.has(file.replace(/\/.*|\.ndjson$/, ''))
  }
  return [...view.folder.sha256]
    .filter(([file]) => wanted(file))
    .map(([file, sha256]) => ({ file, sha256 }))
    .sort((a, b) => (a.file < b.file ? -1 : 1))
}
