import { Command } from 'commander'
import { type ClearedRun, clearRun, endKeptRun, listOpenRuns, type OpenRun, tellCleared } from '../../keeper/clear.ts'
import { findPlaces } from '../../setup/places.ts'
import type { CliContext } from '../context.ts'

const usageExitCode = 64
const brokenExitCode = 3

interface DownFlags {
  readonly all?: boolean
  readonly json?: boolean
}

/** `squall down [id]`: ends a stack that `squall up` keeps: its processes, faults and data. */
export function downCommand(context: CliContext): Command {
  return new Command('down')
    .description('end a stack that `squall up` keeps')
    .argument('[id]', 'which one, where several are kept')
    .option('--all', 'all of them')
    .option('--json', 'print what was ended as JSON on stdout, nothing else there')
    .action(async (id: string | undefined, flags: DownFlags) => {
      const chosen = choose(listOpenRuns(findPlaces().stateDir), id, flags.all === true)
      if ('problem' in chosen) {
        context.stderr(`squall: ${chosen.problem}\n`)
        context.setExitCode(usageExitCode)
        return
      }
      const ended: ClearedRun[] = []
      for (const run of chosen.runs) {
        ended.push(await (run.state === 'dead' ? clearRun(run, context.clock) : endKeptRun(run, context.clock)))
      }
      if (ended.some(({ problems }) => problems.length > 0)) context.setExitCode(brokenExitCode)
      if (flags.json === true) context.stdout(`${JSON.stringify(ended, null, 2)}\n`)
      else context.stderr(ended.length === 0 ? 'no stack is kept\n' : ended.map(tell).join(''))
    })
}

type Choice = { readonly runs: readonly OpenRun[] } | { readonly problem: string }

/** A run that a harness is at work on is never chosen: it is ended by its own Ctrl-C. */
export function choose(open: readonly OpenRun[], id: string | undefined, all: boolean): Choice {
  if (id !== undefined) {
    const run = open.find(({ runId }) => runId === id)
    if (run === undefined) return { problem: `no run ${id} is open; ${listed(open)}` }
    if (run.state === 'kept' || run.state === 'dead') return { runs: [run] }
    return { problem: `the run ${id} is ${notOurs[run.state]}` }
  }
  const kept = open.filter(({ state }) => state === 'kept')
  if (kept.length > 1 && !all) return { problem: `several stacks are kept: name one, or --all; ${listed(kept)}` }
  return { runs: kept }
}

const notOurs = {
  at_work: 'at work: stop it where it runs, by Ctrl-C',
  elsewhere: 'of another machine or container that shares the state folder: end it there',
  newer: 'of a newer Squall: end it with that one',
} as const

function listed(runs: readonly OpenRun[]): string {
  return runs.length === 0 ? 'none is' : `open: ${runs.map(({ runId, state }) => `${runId} (${state})`).join(', ')}`
}

function tell(run: ClearedRun): string {
  return run.problems.length > 0 ? `${tellCleared(run)}\n` : `${run.runId} is down\n`
}
