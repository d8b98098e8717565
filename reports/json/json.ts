import type { Report } from '../../src/domain/verdict.ts'

/**
 * Fields in the order in which a person reads them, whatever order the judge made them in; a field that is not listed
 * comes after these, by name. One order for all objects, as no two fields of one object conflict in it.
 */
const fieldOrder = [
  ...['schemaVersion', 'run', 'newestDrill', 'drill', 'verdict', 'exitCode', 'summary', 'load'],
  ...['windows', 'injections', 'findings', 'notAssessed', 'advice', 'measurements', 'tools', 'errors'],
  ...['name', 'title', 'hypothesis', 'mode', 'horizonS', 'steps', 'segments', 'results'],
  ...['id', 'plan', 'startedAt', 'ageDays', 'durationS', 'seed', 'quick'],
  ...['users', 'paceS', 'workload', 'target', 'ended'],
  ...['callsIntended', 'callsSent', 'callsPerS', 'usersPeak', 'latePermille'],
  ...['tool', 'outcome', 'measure', 'window', 'kind', 'spans', 'fault', 'on', 'judged', 'where', 'reason'],
  ...['measured', 'bound', 'value', 'unit', 'sampleCount', 'method', 'interval', 'low', 'high'],
  ...['text', 'synthetic'],
  ...['max', 'min', 'is', 'severity', 'path', 'why', 'hint', 'evidence', 'file', 'sha256'],
]
const rankOf = new Map(fieldOrder.map((field, index) => [field, index]))

function byFieldOrder(a: string, b: string): number {
  const rankA = rankOf.get(a) ?? fieldOrder.length
  const rankB = rankOf.get(b) ?? fieldOrder.length
  if (rankA !== rankB) return rankA - rankB
  return a < b ? -1 : 1
}

/** The one place where JSON may say null for a number without end: an interval's upper end. */
function isOpenEnd(path: string, value: number): boolean {
  return value === Number.POSITIVE_INFINITY && path.endsWith('.interval.high')
}

function ordered(value: unknown, path: string): unknown {
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return value
    if (isOpenEnd(path, value)) return null
    throw new RangeError(`${path} is ${value}: a report holds finite numbers only, and null where there is none`)
  }
  if (typeof value === 'string') return value.toWellFormed()
  if (Array.isArray(value)) return value.map((item, index) => ordered(item, `${path}[${index}]`))
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  entries.sort(([a], [b]) => byFieldOrder(a, b))
  return Object.fromEntries(entries.map(([key, item]) => [key, ordered(item, `${path}.${key}`)]))
}

/**
 * report.json: two spaces, fields in a fixed order, finite numbers only; an interval without an upper end has
 * `high: null`. @throws RangeError naming the field that holds NaN or an infinite number.
 */
export function renderJson(report: Report, indent = 2): string {
  const text = JSON.stringify(ordered(report, 'report'), null, indent)
  return indent === 0 ? text : `${text}\n`
}
