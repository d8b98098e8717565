import type { Measured } from '../domain/verdict.ts'
import type { TimelineRow } from '../record/reader-rows.ts'
import type { MeasureSpec, Question } from './measure-spec.ts'
import { exactly, none } from './measured.ts'
import type { RunView } from './run-view.ts'

/** The database that takes writes after the load, as a drill has looked at it. */

function rowOf({ folder }: RunView): TimelineRow['data'] | null {
  return folder.timeline?.rows.findLast(({ kind }) => kind === 'integrity')?.data ?? null
}

function drillLacks({ plan }: RunView): string | null {
  if (!plan.drill) return 'only a drill looks into the database before and after: drill: {name: …}'
  const hasDatabase = Object.values(plan.stack.nodes).some(({ role }) => role === 'postgres')
  return hasDatabase ? null : 'the stack has no database'
}

function tablesLack(view: RunView): string | null {
  if (rowOf(view)?.tablesWritten !== null) return drillLacks(view)
  return `the workload ${view.plan.load.workload} does not say which tables it writes: writes: ['public.orders', …] in its file`
}

function listIn(data: TimelineRow['data'], key: string): readonly unknown[] {
  const list = data[key]
  return Array.isArray(list) ? list : []
}

/** A person reads these; all are in the timeline. */
const namesMax = 10

/** So many, the first of them named. */
function found(names: readonly string[], sampleCount: number, how: string): Measured {
  const more = names.length > namesMax ? `, and ${names.length - namesMax} more` : ''
  const which = names.length === 0 ? '' : `: ${names.slice(0, namesMax).join(', ')}${more}`
  return exactly(names.length, 'count', sampleCount, `${how}${which}`)
}

const never = 'the database that takes writes was not looked at after the load'

function faultsOf({ view }: Question): Measured {
  const how = 'sequences, constraints with their rows, and indexes of the database that takes writes after the load'
  const data = rowOf(view)
  if (data === null) return none('no_samples', never, 'count', 0, how)
  const kinds = [
    ['sequencesBehind', 'a next value that is taken'],
    ['constraintsInvalid', 'does not hold'],
    ['indexesInvalid', 'not valid'],
  ] as const
  const names = kinds.flatMap(([key, what]) => listIn(data, key).map((name) => `${String(name)} (${what})`))
  return found(
    names,
    kinds.length,
    `${how}; indexes by ${data.indexesCheckedBy === 'amcheck' ? 'amcheck' : 'the catalogue'}`,
  )
}

function tablesChanged({ view }: Question): Measured {
  const how = 'rows and checksum of each table that the load does not write, after it and before'
  const data = rowOf(view)
  if (data === null) return none('no_samples', never, 'count', 0, how)
  const { tablesCompared } = data
  if (typeof tablesCompared !== 'number') {
    return none('no_samples', 'the database was not looked at before the load', 'count', 0, how)
  }
  const missing = listIn(data, 'tablesMissing').map((name) => `${String(name)} (gone)`)
  return found([...missing, ...listIn(data, 'tablesDifferent').map(spoken)], tablesCompared, how)
}

function spoken(table: unknown): string {
  const { name, rows, expectedRows } = Object(table) as Readonly<Record<string, unknown>>
  return `${String(name)} (${rows === expectedRows ? 'other rows' : `${String(rows)} rows, were ${String(expectedRows)}`})`
}

const common = { unit: 'count', bounds: ['max'], windows: ['run'], perTool: false, needs: [] } as const

/** A drill is judged by both, whether its plan names them or not. */
export const integrityMeasures: readonly MeasureSpec[] = [
  {
    ...common,
    id: 'data.integrity',
    title: 'Sequences behind their data, constraints and indexes that do not hold',
    lacking: drillLacks,
    compute: faultsOf,
  },
  {
    ...common,
    id: 'data.tables_changed',
    title: 'Tables that are not what they were, though the load does not write them',
    lacking: tablesLack,
    compute: tablesChanged,
  },
]
