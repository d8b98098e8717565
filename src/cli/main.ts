import { Command, CommanderError } from 'commander'
import { drills, drillText } from '../../chaos/drills/registry.ts'
import type { LoadText } from '../plan/extends.ts'
import { planFolder } from '../plan/folder.ts'
import { loadPlan } from '../plan/load-plan.ts'
import { ownWorkload } from '../plan/own-workload.ts'
import { systemClock } from '../record/clock.ts'
import { assets } from './assets.ts'
import { readCatalogue } from './catalogue.ts'
import { compareCommand } from './commands/compare.ts'
import { doctorCommand } from './commands/doctor.ts'
import { downCommand } from './commands/down.ts'
import { drillCommand } from './commands/drill.ts'
import { gateCommand } from './commands/gate.ts'
import { healCommand } from './commands/heal.ts'
import { historyCommand } from './commands/history.ts'
import { initCommand } from './commands/init.ts'
import { listCommand } from './commands/list.ts'
import { proxyCommand } from './commands/proxy.ts'
import { reportCommand } from './commands/report.ts'
import { runCommand } from './commands/run.ts'
import { upCommand } from './commands/up.ts'
import { validateCommand } from './commands/validate.ts'
import { verifyEvidenceCommand } from './commands/verify-evidence.ts'
import type { CliContext } from './context.ts'
import { readVersion } from './environment.ts'
import { graver } from './exit-code.ts'
import { listenForInterrupt } from './interrupt.ts'
import { spreadNet } from './last-net.ts'
import { findLeftovers } from './leftovers.ts'
import { terminalLines } from './manual.ts'
import { withOwnWorkload } from './own-workload.ts'
import { tellError } from './problem.ts'

/** Bad usage (sysexits.h EX_USAGE). */
const usageExitCode = 64

function newContext(): CliContext {
  const isTerminal = process.stderr.isTTY === true && !process.argv.includes('--no-color') && !process.env.NO_COLOR
  const catalogue = lazily(readCatalogue)
  const inFolder = planFolder(assets.plans, process.cwd())
  const loadText: LoadText = (nameOrPath, from) => drillText(nameOrPath) ?? inFolder(nameOrPath, from)
  let exitCode: number | null = null
  return {
    stdout: (text) => process.stdout.write(text),
    stderr: (text) => process.stderr.write(text),
    isTerminal,
    openLines: process.stdin.isTTY === true ? terminalLines : null,
    clock: systemClock,
    setExitCode: (code) => {
      exitCode = graver(exitCode, code)
      process.exitCode = exitCode
    },
    catalogue,
    loadPlan: async (plan, overrides) => {
      const own = ownWorkload(plan, loadText, overrides)
      const known = await catalogue()
      const all = own === null ? known : await withOwnWorkload(known, own, process.cwd())
      return loadPlan({ plan, loadText, catalogue: all, overrides })
    },
    interrupt: listenForInterrupt(systemClock, (why) =>
      process.stderr.write(`\nstopping (${why}): healing faults, ending the stack\n`),
    ),
  }
}

function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null
  return () => {
    made ??= make()
    return made
  }
}

function program(context: CliContext): Command {
  const squall = new Command('squall')
    .description(
      'Load and chaos testing for servers that stand on PostgreSQL: may we launch, and if not, what must change?',
    )
    .version(readVersion())
    .showHelpAfterError('(squall --help lists the commands)')
    .exitOverride()
    .configureOutput({ writeErr: context.stderr })
    .addHelpText(
      'after',
      '\nExit codes: 0 passed, 1 a bound was missed, 2 inconclusive, 3 the harness broke, 64 bad usage, 130 interrupted',
    )
  const commands = [
    gateCommand(context),
    drillCommand(context),
    runCommand(context),
    reportCommand(context),
    verifyEvidenceCommand(context),
    compareCommand(context),
    historyCommand(context, [...drills.keys()]),
    upCommand(context),
    proxyCommand(context),
    downCommand(context),
    healCommand(context),
    initCommand(context),
    validateCommand(context),
    doctorCommand({ findLeftovers }),
    listCommand(context),
  ]
  for (const command of commands) {
    command.exitOverride().configureOutput({ writeErr: context.stderr }).copyInheritedSettings(squall)
    squall.addCommand(command)
  }
  return squall
}

async function main(): Promise<void> {
  const context = newContext()
  spreadNet(process, context.stderr)
  try {
    await program(context).parseAsync()
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has already told what was wrong; help and version are no errors.
      context.setExitCode(error.exitCode === 0 ? 0 : usageExitCode)
      return
    }
    const told = tellError(error)
    context.stderr(told.text)
    context.setExitCode(told.exitCode)
  }
}

await main()
