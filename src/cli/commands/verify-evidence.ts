import { Command } from 'commander'
import { cut } from '../../../reports/text/foreign.ts'
import type { Verified } from '../../record/verify-evidence.ts'
import type { CliContext } from '../context.ts'

const exitCodes = { ok: 0, mismatch: 1, usage: 64 } as const

/** `squall verify-evidence RUN…`: is each folder still what it was when it was judged? */
export function verifyEvidenceCommand(context: Pick<CliContext, 'stdout' | 'stderr' | 'setExitCode'>): Command {
  return new Command('verify-evidence')
    .description('check that run folders are what they were when they were judged, and their chain of drills')
    .argument('<run...>', 'run folders')
    .option('--strict', 'an earlier drill that is not here is a problem, too')
    .action(async (runs: readonly string[], flags: { readonly strict?: boolean }) => {
      const { verifyEvidence } = await import('../../record/verify-evidence.ts')
      for (const run of runs) {
        const verified = verifyEvidence(run)
        if (verified === null) {
          context.stderr(`squall: ${cut(run)} has no evidence.json\n  hint: squall report writes it for a run folder\n`)
          context.setExitCode(exitCodes.usage)
          continue
        }
        const problems = flags.strict === true ? [...verified.problems, ...verified.notes] : verified.problems
        const notes = flags.strict === true ? [] : verified.notes
        context.stdout(told(run, { ...verified, problems, notes }))
        context.setExitCode(problems.length === 0 ? exitCodes.ok : exitCodes.mismatch)
      }
    })
}

/** A file's name is foreign: whoever put the file there chose it. */
function told(run: string, { problems, notes, whole, listed, links }: Verified): string {
  const chain = links === 0 ? '' : `, linked to ${links} earlier ${links === 1 ? 'drill' : 'drills'}`
  const files = `${whole} of ${listed} files are as they were judged`
  const count = `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`
  const sum =
    problems.length === 0
      ? `all right: ${files}${chain}`
      : `DOES NOT MATCH: ${count}${listed === 0 ? '' : `; ${files}`}`
  const lines = [
    `${cut(run, lineMax)}: ${sum}`,
    ...problems.map((problem) => `  ✘ ${cut(problem, lineMax)}`),
    ...notes.map((note) => `  · ${cut(note, lineMax)}`),
  ]
  return lines.map((line) => `${line}\n`).join('')
}

const lineMax = 500
