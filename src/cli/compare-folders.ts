import { existsSync, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { cut } from '../../reports/text/foreign.ts'
import type { Comparison, EffectLimits, ForeignDifference } from '../domain/comparison.ts'
import { compareRuns } from '../judge/compare-runs.ts'
import type { ViewedRun } from '../judge/drawn-sides.ts'
import { foreignDifferences } from '../judge/foreign.ts'
import { RunView } from '../measure/run-view.ts'
import { readRunFile, readRunFolder } from '../record/reader.ts'
import { RunFolderError } from '../record/reader-error.ts'

export interface Sides {
  readonly base: readonly string[]
  readonly head: readonly string[]
}

/**
 * Run folders of each side; one that is none itself stands for those in it.
 * @throws RunFolderError where there is no run, or one is on both sides
 */
export function sidesOfFolders(base: readonly string[], head: readonly string[]): Sides {
  const sides = { base: base.flatMap(runsIn), head: head.flatMap(runsIn) }
  const twice = [...sides.base, ...sides.head].filter(
    (run, at, all) => all.findIndex((other) => resolve(other) === resolve(run)) !== at,
  )
  if (twice.length === 0) return sides
  const names = [...new Set(twice)].join(', ')
  throw new RunFolderError(
    'not_a_run',
    `${names} is given more than once`,
    'Each run is on one side, once: a run says nothing about itself.',
  )
}

function runsIn(folder: string): readonly string[] {
  if (existsSync(join(folder, 'run.json')) || !statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    return [folder]
  const inside = readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((path) => existsSync(join(path, 'run.json')))
  // A folder without any is told by the reader, as it is.
  return inside.length === 0 ? [folder] : inside.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
}

type Compared = { readonly comparison: Comparison } | { readonly refusal: string }

/**
 * Reads the runs and compares them, unless their environments are foreign to one another and nobody forced it.
 * @throws RunFolderError when a folder cannot be judged
 */
export function compareFolders(sides: Sides, isForced: boolean, limits: Partial<EffectLimits>): Compared {
  const named = [...sides.base, ...sides.head].map((folder) => ({ folder, run: readRunFile(folder) }))
  const foreign = foreignDifferences(named)
  // Before the streams are read: they may be large.
  if (foreign.length > 0 && !isForced) return { refusal: refusalOf(foreign, sides.base[0] ?? '') }
  const view = (folder: string): ViewedRun => ({ folder, view: new RunView(readRunFolder(folder)) })
  const [base, head] = [sides.base.map(view), sides.head.map(view)]
  return { comparison: compareRuns({ base, head, foreign, limits }) }
}

/** One error with all that differs. */
export function refusalOf(foreign: readonly ForeignDifference[], base: string): string {
  const runs = (all: readonly ForeignDifference[]) => cut(all.map(({ run }) => run).join(', '), 400)
  const told = Map.groupBy(foreign, ({ what, base: one, other }) => `${cut(what)}: ${cut(one)} → ${cut(other)}`)
  const lines = [...told].map(([difference, all]) => `  ${difference} (${runs(all)})`)
  return `${[
    `squall: not comparable with ${cut(base)}: ${told.size} ${told.size === 1 ? 'difference' : 'differences'} that would be taken for the system's`,
    ...lines,
    '  hint: run both on one machine (squall compare --repeat 4 --interleave BASE_PLAN HEAD_PLAN), or --force-foreign',
  ].join('\n')}\n`
}
