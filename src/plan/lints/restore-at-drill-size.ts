import type { Catalogue } from '../../domain/catalogue.ts'
import type { Plan } from '../../domain/plan.ts'
import { judges, type Lint, type Remark } from './lint.ts'

/** A restore of a small database says nothing of one a thousand times its size. */
export const restoreAtDrillSize: Lint = {
  id: 'restore-at-drill-size',
  severity: 'warning',
  look(plan, catalogue) {
    return judges(plan, 'restore.duration_at_size') ? withoutSize(plan) : withoutScale(plan, catalogue)
  },
}

function withoutSize({ stack }: Plan): readonly Remark[] {
  return Object.values(stack.nodes).flatMap(({ id, follows, backups }) => {
    if (!backups || follows !== null || backups.productionBytes !== null) return []
    const why =
      'how large the database is in production is not said, so that the time to restore it there will be unknown'
    return [{ path: `stack.nodes.${id}.backups.production_size`, why }]
  })
}

function withoutScale({ objectives, faults }: Plan, catalogue: Catalogue): readonly Remark[] {
  const isRestored = (id: string): boolean => {
    const name = faults.find((fault) => fault.id === id)?.fault
    return name !== undefined && catalogue.faults.get(name)?.needsBackups !== undefined
  }
  const timed = objectives.filter(({ judged, measure, during }) => {
    return (
      judged &&
      (measure === 'restore.duration' || (/^recovery\.(rto_|at_database)/.test(measure) && isRestored(during)))
    )
  })
  const [first] = timed
  if (first === undefined) return []
  const why =
    `what is restored here is the size of this run's data (${timed.map(({ id }) => id).join(', ')}): judge ` +
    'restore.duration_at_size too, with backups: {production_size: …}'
  return [{ path: `objectives.${first.id}.measure`, why }]
}
