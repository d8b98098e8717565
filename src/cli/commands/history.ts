import { existsSync } from 'node:fs'
import { Command } from 'commander'
import { cut } from '../../../reports/text/foreign.ts'
import { quantity } from '../../../reports/text/numbers.ts'
import { utc } from '../../../reports/text/time.ts'
import { runWords } from '../../../reports/text/words.ts'
import type { Unit } from '../../domain/verdict.ts'
import type { Due, HistoryRow, Past, Worst } from '../../judge/history.ts'
import type { UnreadableRun } from '../../record/past-runs.ts'
import { assets } from '../assets.ts'
import type { CliContext } from '../context.ts'
import { alignRows } from './table.ts'

const usageExitCode = 64

interface Flags {
  readonly runs: string
  readonly json?: boolean
}

type HistoryContext = Pick<CliContext, 'stdout' | 'stderr' | 'setExitCode' | 'clock'>

/** `squall history`: past runs, and what is overdue. `knownDrills`: names of all drills there are. */
export function historyCommand(context: HistoryContext, knownDrills: readonly string[]): Command {
  return new Command('history')
    .description('past runs with their verdicts and trends; drills that are overdue or were never run')
    .option('--runs <dir>', 'the folder of run folders', assets.runs)
    .option('--json', 'print the result as JSON on stdout, nothing else there')
    .action(async (flags: Flags) => {
      // The default folder is made by the first run.
      if (!existsSync(flags.runs) && flags.runs !== assets.runs) {
        context.stderr(`squall: ${cut(flags.runs)} is not there\n  hint: name a folder of run folders by --runs\n`)
        context.setExitCode(usageExitCode)
        return
      }
      const { runs, unreadable } = await readAll(flags.runs)
      const { historyOf, dueDrills } = await import('../../judge/history.ts')
      const rows = historyOf(runs)
      const due = dueDrills(runs, knownDrills, context.clock.wallUnixUs() / 1_000)
      context.stdout(flags.json === true ? json(rows, due, unreadable) : told(rows, due, unreadable))
    })
}

async function readAll(folder: string): Promise<{ runs: readonly Past[]; unreadable: readonly UnreadableRun[] }> {
  if (!existsSync(folder)) return { runs: [], unreadable: [] }
  const { listRuns, readOutcome } = await import('../../record/past-runs.ts')
  const { runs, unreadable } = listRuns(folder)
  const past = runs.map(({ folder: at, run }): Past => {
    const { name: plan, quick, drill } = run.plan
    return { id: run.id, folder: at, startedAt: run.startedAt, plan, quick, drill, outcome: readOutcome(at) }
  })
  return { runs: past, unreadable }
}

function told(rows: readonly HistoryRow[], due: readonly Due[], unreadable: readonly UnreadableRun[]): string {
  const head = ['when', 'plan', 'verdict', 'RTO', 'RPO', 'lost writes', 'trend', 'run']
  const parts = [rows.length === 0 ? 'no runs yet\n' : `runs\n${alignRows([head, ...rows.map(cellsOf)])}`]
  if (due.length > 0) parts.push(`drills\n${alignRows(due.map(dueCells))}`)
  if (unreadable.length > 0) {
    const broken = unreadable.map(({ folder, why }) => [cut(folder), cut(why, 400)])
    parts.push(`not readable as runs\n${alignRows(broken)}`)
  }
  return parts.join('\n')
}

function cellsOf({ past, verdict, rto, rpo, lostWrites, trend }: HistoryRow): readonly string[] {
  const drill = past.drill === null || past.drill.name === past.plan ? '' : ` (drill ${past.drill.name})`
  const trends = [
    ...(trend.verdict === null ? [] : [trend.verdict]),
    ...(trend.rto === null ? [] : [`RTO ${trend.rto}`]),
  ]
  return [
    utc(past.startedAt),
    cut(`${past.plan}${drill}${past.quick ? ', quick' : ''}`, 80),
    verdict === null ? cut(String(past.outcome), 120) : runWords[verdict].toLowerCase(),
    ...[rto, rpo, lostWrites].map(numberCell),
    trends.join(', ') || '-',
    cut(past.folder),
  ]
}

function numberCell(worst: Worst | null): string {
  if (worst === null) return '-'
  return `${worst.isOpen ? 'at least ' : ''}${quantity(worst.value, worst.unit as Unit)}`
}

function dueCells({ drill, lastAt, every, dueAt, state }: Due): readonly string[] {
  const name = cut(drill, 80)
  if (lastAt === null) return [name, 'never run']
  const schedule = every === null ? 'no schedule' : `every ${every}`
  const day = dueAt === null ? '' : `${state === 'overdue' ? 'OVERDUE since' : 'due'} ${utc(dueAt).slice(0, 10)}`
  return [name, `last ${utc(lastAt).slice(0, 10)}`, schedule, day]
}

function json(rows: readonly HistoryRow[], drills: readonly Due[], unreadable: readonly UnreadableRun[]): string {
  const number = (worst: Worst | null) =>
    worst === null ? null : { kind: worst.isOpen ? 'atLeast' : 'value', value: worst.value, unit: worst.unit }
  const runs = rows.map(({ past, verdict, rto, rpo, lostWrites, trend }) => ({
    id: past.id,
    folder: past.folder,
    startedAt: past.startedAt,
    plan: past.plan,
    quick: past.quick,
    drill: past.drill?.name ?? null,
    verdict,
    why: typeof past.outcome === 'string' ? past.outcome : null,
    rto: number(rto),
    rpo: number(rpo),
    lostWrites: number(lostWrites),
    trend,
  }))
  return `${JSON.stringify({ schemaVersion: 1, runs, drills, unreadable }, null, 2)}\n`
}
