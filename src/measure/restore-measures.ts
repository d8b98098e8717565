import type { Measured, Unit, Window } from '../domain/verdict.ts'
import type { MeasureSpec, Question } from './measure-spec.ts'
import { exactly, none, yesOrNo } from './measured.ts'
import { backupPlanOf, lacksBackups, numberIn, restoreStretch, stepsOf } from './restore-steps.ts'
import type { RunView } from './run-view.ts'

const common = {
  windows: ['injection', 'run'],
  perTool: false,
  needs: [],
  lacking: lacksBackups,
  stretch: restoreStretch,
} as const satisfies Partial<MeasureSpec>

const durationMethod = 'time of the restore, and of bringing a table back, as told step by step'
const integrityMethod =
  'the restored database, held against what there was when the backup, or the restore point, was made'

interface Work {
  readonly durationMs: number
  /** Of the restored databases. */
  readonly bytes: number
  readonly steps: number
}

/** null: no restore was told of, or not how long it took. */
function workOf(view: RunView, window: Window): Work | null {
  const restored = stepsOf(view, window, 'restored')
  const steps = [...restored, ...stepsOf(view, window, 'table_returned')]
  const durations = steps.flatMap((step) => numberIn(step, 'durationMs') ?? [])
  const bytes = restored.flatMap((step) => numberIn(step, 'bytes') ?? [])
  if (restored.length === 0 || durations.length < steps.length || bytes.length < restored.length) return null
  return { durationMs: sum(durations), bytes: sum(bytes), steps: steps.length }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function neverRestored({ id }: Window, unit: Unit, method: string): Measured {
  return none('no_samples', `no restore was told of during ${id}`, unit, 0, method)
}

function durationOf({ view, window }: Question): Measured {
  const work = workOf(view, window)
  return work === null
    ? neverRestored(window, 's', durationMethod)
    : exactly(work.durationMs / 1_000, 's', work.steps, durationMethod)
}

/** What does not grow with the data, such as a server's start, is scaled with it: for small data this says too much. */
function durationAtSize({ view, window }: Question): Measured {
  const method = 'the same, scaled by the measured bytes per second to the declared production size'
  const work = workOf(view, window)
  const productionBytes = backupPlanOf(view, window)?.productionBytes ?? null
  if (work === null || work.bytes === 0) return neverRestored(window, 's', method)
  if (productionBytes === null) {
    const why = 'how large the database is in production is not said: backups: {production_size: 500 GiB}'
    return none('not_measurable', why, 's', work.steps, method)
  }
  return exactly((work.durationMs / 1_000) * (productionBytes / work.bytes), 's', work.steps, method)
}

/** Of the last look at what was restored. */
function integrityOf({ view, window }: Question) {
  return stepsOf(view, window, 'integrity').at(-1)
}

function tablesMissing(question: Question): Measured {
  const integrity = integrityOf(question)
  const missing = integrity?.tablesMissing
  const expected = numberIn(integrity, 'tablesExpected')
  if (!Array.isArray(missing) || expected === null || expected === 0)
    return neverRestored(question.window, 'count', integrityMethod)
  return exactly(missing.length, 'count', expected, integrityMethod)
}

function rowsMatch(question: Question): Measured {
  const integrity = integrityOf(question)
  const isMatch = integrity?.rowsMatch
  return typeof isMatch === 'boolean'
    ? yesOrNo(isMatch, numberIn(integrity, 'tablesExpected') ?? 0, integrityMethod)
    : neverRestored(question.window, 'bool', integrityMethod)
}

function newestRowAge(question: Question): Measured {
  const method = "from the newest time in a row to the database's own clock, when what was restored was looked at"
  const integrity = integrityOf(question)
  if (integrity === undefined) return neverRestored(question.window, 's', method)
  const ageS = numberIn(integrity, 'newestRowAgeS')
  return ageS === null
    ? none('no_samples', 'no row that was looked at holds a time', 's', 0, method)
    : exactly(ageS, 's', 1, method)
}

export const restoreMeasures: readonly MeasureSpec[] = [
  { ...common, id: 'restore.duration', title: 'Time to restore', unit: 's', bounds: ['max'], compute: durationOf },
  {
    ...common,
    id: 'restore.duration_at_size',
    title: 'Time to restore, at the size of the production',
    unit: 's',
    bounds: ['max'],
    compute: durationAtSize,
  },
  {
    ...common,
    id: 'restore.tables',
    title: 'Expected tables that were not restored',
    unit: 'count',
    bounds: ['max'],
    compute: tablesMissing,
  },
  {
    ...common,
    id: 'restore.rows_match',
    title: 'Every row was restored as it was',
    unit: 'bool',
    bounds: ['is'],
    compute: rowsMatch,
  },
  {
    ...common,
    id: 'restore.newest_row_age',
    title: 'Age of the newest row that was restored',
    unit: 's',
    bounds: ['max'],
    compute: newestRowAge,
  },
]
