import { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { type RunFlags, withRunFlags } from '../flags.ts'
import { judgeFolder } from '../judgement.ts'
import { newestDrill, runsFolders } from '../past-drills.ts'
import { tellVerdict } from '../verdict-text.ts'
import { runPlan } from './run.ts'

export function gateCommand(context: CliContext): Command {
  return withRunFlags(new Command('gate').description('may we launch? Stack up, load with chaos, judge, report'))
    .option('--json', 'report.json on stdout, and nothing else there')
    .option('--yes', 'ask nothing; accepted for scripts, as nothing asks yet')
    .argument('[plan]', 'a name in plans/, or a path', 'launch-gate')
    .action(async (name: string, flags: RunFlags) => {
      const executed = await runPlan(context, name, flags, () => newestDrill(runsFolders(flags.out ?? null)))
      if (!executed) return
      // Judged in any case: a run that was cut gets a report that says so, and keeps its own exit code.
      const { report, reportJson } = await judgeFolder(executed.folder)
      if (flags.json) context.stdout(reportJson)
      context.stderr(tellVerdict(report, executed.folder, context.isTerminal))
      if (executed.end.reason === 'planned') context.setExitCode(report.exitCode)
    })
}
