import type { Behind } from '../../init/behind.ts'
import { oneLine } from '../../init/plan-tool.ts'
import type { TriedTool } from '../../init/trials.ts'
import { alignRows } from '../commands/table.ts'

const words: Readonly<Record<TriedTool['state'], string>> = {
  usable: 'in use',
  needs_arguments: 'off: needs arguments',
  not_allowed: 'off: not allowed',
  failing: 'off: failed',
  not_tried: 'off: not tried',
}

/** A row for each tool: what became of it, and why. */
export function initTable(tools: readonly TriedTool[]): string {
  const rows = tools.map((tried) => [oneLine(tried.tool.name, 50), words[tried.state], oneLine(whyOf(tried), 100)])
  return alignRows([['tool', 'state', 'why'], ...rows])
}

function whyOf(tried: TriedTool): string {
  if (tried.state !== 'usable') return tried.why
  if (tried.note !== null) return tried.note
  if (tried.from !== null) return `answered, with arguments from an answer of ${tried.from.answer}`
  return tried.sets.length > 1 ? `answered; ${tried.sets.length} sets of arguments` : 'answered'
}

/** What a person may want to do next, a line each. */
export function initAdvice(tools: readonly TriedTool[], out: string, allowHosts: readonly string[]): string {
  const count = (state: TriedTool['state']) => tools.filter((tried) => tried.state === state).length
  const lines: string[] = []
  if (count('not_allowed') > 0) {
    lines.push(
      `${counted(count('not_allowed'))} not called: allow them by --allow-tool NAME, or --allow-writes, or by weight: 1 in the plan`,
    )
  }
  if (count('needs_arguments') > 0) {
    lines.push(`${counted(count('needs_arguments'))} for arguments that you know: the plan says where they go`)
  }
  if (count('usable') > 0)
    lines.push(['run it:  squall gate', out, '--quick', ...allowHosts.map((host) => `--allow-host ${host}`)].join(' '))
  return lines.map((line) => `${line}\n`).join('')
}

/**
 * What was written of the database behind the server, and what it takes to run that; nothing where none was named. `trouble`:
 * what its login cannot do.
 */
export function databaseAdvice(database: Behind | null, trouble: string | null): string {
  if (database === null) return ''
  const faults =
    database.proxy === null
      ? 'no proxy is kept before the database, so the plan has no fault: squall proxy --upstream, and point the server at it'
      : `a fault acts in the proxy ${database.proxy}: point the server at it, if it is not`
  const said = trouble === null ? '' : `${trouble}\n`
  return `${said}${faults}\nthe plan holds no password: a login's is in PGPASSWORD, or in --database of gate\n`
}

function counted(count: number): string {
  return count === 1 ? '1 tool waits,' : `${count} tools wait,`
}
