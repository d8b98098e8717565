import { type Drawn, readDrawn } from './lib/drawn.ts'
import type { PlannedWorkload } from './lib/planned.ts'
import { connectionModes, type SqlExpectation, type SqlWorkload, type StatementUse } from './lib/sql.ts'
import { Words } from './lib/words.ts'
import type { Json } from './lib/workload.ts'

const weightMax = 1_000_000

/** SQL statements that the plan lists, straight to the database, through its link or a pooler: see docs/plan.md. */
const workload: PlannedWorkload<SqlWorkload> = {
  name: 'database-direct',
  title: 'SQL statements that the plan lists, under load.with.statements',
  protocol: 'sql',
  fromPlan(plan) {
    const words = new Words()
    const top = words.object('', plan, ['statements', 'connections', 'prepare'])
    const connections = words.oneOf('connections', top?.connections ?? 'held', connectionModes)
    const prepares = top?.prepare ?? false
    if (typeof prepares !== 'boolean') words.complain('prepare', prepares, 'true or false')
    const found = words.named('statements', top?.statements, 'statement', (path, value) =>
      statementOf(words, path, value),
    )
    if (words.problems.length > 0 || found === undefined || connections === undefined) return words.problems
    const statements = found.map(([name, use]) => ({ name, ...use }))
    return { name: 'database-direct', protocol: 'sql', connections, prepares: prepares === true, statements }
  },
}

export default workload

function statementOf(words: Words, path: string, value: Json): Omit<StatementUse, 'name'> | undefined {
  const told = words.object(path, value, ['sql', 'arguments', 'weight', 'expect'])
  if (told === undefined) return undefined
  const sql = words.text(`${path}.sql`, told.sql)
  const weight = words.number(`${path}.weight`, told.weight ?? 1, 0, weightMax)
  const draws =
    told.arguments === undefined || told.arguments === null
      ? []
      : words.list(`${path}.arguments`, told.arguments, (at, each) => readDrawn(words, at, each))
  const expect = expectOf(words, `${path}.expect`, told.expect ?? {})
  if (sql === undefined || weight === undefined || draws === undefined || expect === undefined) return undefined
  checkCount(words, path, sql, draws)
  return { sql, weight, expect, arguments: (random) => draws.map((draw) => draw(random)) }
}

/** The highest $n is how many there are: the database would refuse each single call. */
function checkCount(words: Words, path: string, sql: string, draws: readonly Drawn[]): void {
  const highest = Math.max(0, ...Array.from(sql.matchAll(/\$(\d+)/g), ([, number]) => Number(number)))
  if (highest === draws.length) return
  words.complain(`${path}.arguments`, draws.length, `${highest} arguments: the statement has $1 to $${highest}`)
}

function expectOf(words: Words, path: string, value: Json): SqlExpectation | undefined {
  const told = words.object(path, value, ['rows', 'sqlstates'])
  if (told === undefined) return undefined
  const rows = told.rows === undefined || told.rows === null ? null : rowsOf(words, `${path}.rows`, told.rows)
  const sqlstates =
    told.sqlstates === undefined || told.sqlstates === null
      ? null
      : words.list(`${path}.sqlstates`, told.sqlstates, (at, each) => {
          if (typeof each === 'string' && /^[0-9A-Z]{5}$/.test(each)) return each
          return words.complain(at, each, 'a SQLSTATE in quotes, such as "23505"')
        })
  if (rows === undefined || sqlstates === undefined) return undefined
  return { ...(rows === null ? {} : { rows }), ...(sqlstates === null ? {} : { sqlstates }) }
}

/** `1`, or `{min: 1, max: 10}`. */
function rowsOf(words: Words, path: string, value: Json): { min: number; max: number } | undefined {
  const most = Number.MAX_SAFE_INTEGER
  if (typeof value === 'number') {
    const count = words.whole(path, value, 0, most)
    return count === undefined ? undefined : { min: count, max: count }
  }
  const told = words.object(path, value, ['min', 'max'])
  if (told === undefined) return undefined
  const min = words.whole(`${path}.min`, told.min ?? 0, 0, most)
  const max = words.whole(`${path}.max`, told.max ?? most, 0, most)
  return min === undefined || max === undefined ? undefined : { min, max }
}
