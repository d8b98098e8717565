import { createColors } from 'picocolors'
import {
  comparisonTitles,
  comparisonWords,
  differenceText,
  intervalText,
  limitsText,
  sideText,
} from '../../reports/text/comparison-lines.ts'
import { cut } from '../../reports/text/foreign.ts'
import { measureName } from '../../reports/text/words.ts'
import type { Comparison, ComparisonRow, ComparisonVerdict } from '../domain/comparison.ts'
import { alignRows } from './commands/table.ts'

const shapes: Readonly<Record<ComparisonVerdict, string>> = {
  regression: '✘',
  improvement: '✔',
  no_difference_shown: '=',
  too_little_evidence: '?',
}

/** A comparison as a person reads it in a terminal. */
export function tellComparison(comparison: Comparison, page: string, isTerminal: boolean): string {
  const { verdict, summary, foreign, notes, rows, windowsLeftOut, limits, base, head } = comparison
  const colors = createColors(isTerminal)
  const painted = { regression: colors.red, improvement: colors.green, too_little_evidence: colors.yellow }
  const paint = verdict === 'no_difference_shown' ? colors.green : painted[verdict]
  const windows = [...new Set(rows.map(({ window }) => window))]
  const title = `${shapes[verdict]} ${comparisonTitles[verdict].toUpperCase()}`
  const lines = [
    '',
    paint(colors.bold(foreign.length === 0 ? title : `${title} (between unlike environments, by force)`)),
    cut(summary, 2_000),
    '',
    `base: ${base.runs.length} of ${cut(base.plan)}; head: ${head.runs.length} of ${cut(head.plan)}`,
    ...foreign.map(({ what, base: one, other, run }) => `! ${cut(what)}: ${cut(one)} → ${cut(other)} (${cut(run)})`),
    ...notes.map((note) => `! ${note}`),
    ...windows.flatMap((window) => ['', cut(window), tableOf(rows.filter((row) => row.window === window))]),
    ...(windowsLeftOut.length === 0 ? [] : [`not in all runs: ${cut(windowsLeftOut.join(', '))}`]),
    `counts as a difference: at least ${limitsText(limits)}`,
    `page: ${page}`,
    '',
  ]
  return lines.join('\n')
}

function tableOf(rows: readonly ComparisonRow[]): string {
  const head = ['', 'measure', 'base', 'head', 'difference', '95 % interval', 'verdict']
  const cells = rows.map((row) => [
    shapes[row.verdict],
    measureName(row.measure),
    sideText(row.base, row.unit),
    sideText(row.head, row.unit),
    differenceText(row),
    intervalText(row),
    comparisonWords[row.verdict],
  ])
  return alignRows([head, ...cells]).trimEnd()
}
