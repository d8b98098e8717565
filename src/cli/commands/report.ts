import { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { judgeFolder } from '../judgement.ts'
import { tellVerdict } from '../verdict-text.ts'

export function reportCommand(context: CliContext): Command {
  return new Command('report')
    .description('judge a recorded run again and write its reports; the same run gives the same bytes')
    .argument('<run>', 'a run folder')
    .option('--json', 'report.json on stdout, and nothing else there')
    .action(async (run: string, flags: { readonly json?: boolean }) => {
      const judged = await judgeFolder(run)
      if (flags.json) context.stdout(judged.reportJson)
      context.stderr(tellVerdict(judged.report, run, context.isTerminal))
      if (judged.evidenceKept !== null)
        context.stderr(`! evidence.json is left as it was (${judged.evidenceKept}): squall verify-evidence ${run}\n`)
      context.setExitCode(judged.report.exitCode)
    })
}
