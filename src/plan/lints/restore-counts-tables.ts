import { judges, type Lint } from './lint.ts'

export const restoreCountsTables: Lint = {
  id: 'restore-counts-tables',
  severity: 'warning',
  look(plan) {
    const counts = plan.objectives.find(({ measure, judged }) => judged && measure === 'restore.tables')
    if (counts === undefined || judges(plan, 'restore.rows_match')) return []
    const why =
      'all tables there says nothing of what is in them: a restore without a single row would pass; judge ' +
      'restore.rows_match too'
    return [{ path: `objectives.${counts.id}.measure`, why }]
  },
}
