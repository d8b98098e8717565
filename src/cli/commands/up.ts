import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { Command } from 'commander'
import { needsRouter, type Plan } from '../../domain/plan.ts'
import { startKeeper } from '../../keeper/client.ts'
import { formatProblems } from '../../plan/problems.ts'
import { type Engines, ensureEngines } from '../../setup/engines.ts'
import { startLocalStack } from '../../stack/local/local-stack.ts'
import type { RunningStack } from '../../stack/running-stack.ts'
import { assets } from '../assets.ts'
import type { CliContext } from '../context.ts'
import { overridesOf, type RunFlags, withPlanFlags } from '../flags.ts'
import { orInterrupted } from '../interrupt.ts'
import { makeLogsFolder } from '../kept-logs.ts'
import { clearLeftovers } from '../leftovers.ts'
import { poolsOf } from '../stack-view.ts'
import { alignRows } from './table.ts'

/** Bad usage or an invalid plan (sysexits.h EX_USAGE). */
const invalidExitCode = 64

interface KeptStack {
  readonly id: string
  readonly urls: Readonly<Record<string, string>>
  readonly logs: string
}

/** `squall up [plan]`: starts the plan's stack and leaves it running, under a keeper of its own, until `squall down`. */
export function upCommand(context: CliContext): Command {
  const command = new Command('up')
    .description('start the stack of a plan and keep it, without load or faults, until `squall down`')
    .argument('[plan]', 'a name in plans/, or a path', 'launch-gate')
  return withPlanFlags(command)
    .option('--json', 'print id, URLs and logs as JSON on stdout, nothing else there')
    .action(async (name: string, flags: RunFlags) => {
      const { plan, problems } = await context.loadPlan(name, overridesOf(flags))
      if (plan === null) {
        context.setExitCode(invalidExitCode)
        context.stderr(`${name}: not a valid plan\n${formatProblems(problems)}`)
        return
      }
      if (plan.stack.kind === 'external') {
        context.setExitCode(invalidExitCode)
        context.stderr(`${name}: nothing to start: its server runs already\n`)
        return
      }
      const kept = await keepStack(plan, context)
      context.stdout(flags.json === true ? `${JSON.stringify(kept, null, 2)}\n` : describe(kept))
    })
}

/** Nothing runs when it rejects: the keeper, not detached yet, ends with us. */
async function keepStack(plan: Plan, context: CliContext): Promise<KeptStack> {
  const progress = ({ message }: { readonly message: string }): void => context.stderr(`${message}\n`)
  const { interrupt, clock } = context
  const engines: Engines = await orInterrupted(
    ensureEngines({ progress, seed: plan.seed, withRouter: needsRouter(plan), signal: interrupt }),
    interrupt,
  )
  const { stateDir } = engines.places
  await clearLeftovers(context, stateDir)
  const id = `up-${plan.name}-${randomBytes(2).toString('hex')}`
  const logs = makeLogsFolder(stateDir, id)
  await using keeper = await startKeeper({
    stateFolder: join(stateDir, 'runs', id),
    logPath: join(logs, 'keeper.log'),
    runFolder: logs,
    clock,
  })
  const stack = await startLocalStack({
    stack: plan.stack,
    engines,
    keeper,
    runId: id,
    logsDir: logs,
    referenceServerPath: assets.referenceServer,
    clock,
    signal: interrupt,
  })
  const urls = urlsOf(stack, plan)
  await keeper.detach(urls)
  return { id, urls, logs }
}

function urlsOf(stack: RunningStack, plan: Plan): Record<string, string> {
  const links = [...stack.links.values()]
  const pools = poolsOf(stack, plan).map(({ instance, metricsUrl }) => [
    instance === null ? 'metrics' : `metrics ${instance}`,
    metricsUrl,
  ])
  return {
    mcp: stack.mcpUrl,
    ...Object.fromEntries(pools),
    ...(stack.balancerUrl === null ? {} : { balancer: stack.balancerUrl }),
    database: stack.databaseUrl,
    ...Object.fromEntries(links.map(({ id }) => [`link ${id}`, stack.linkUrl(id)])),
    ...Object.fromEntries(links.map(({ id, apiUrl, proxyName }) => [`proxy ${id}`, `${apiUrl}/proxies/${proxyName}`])),
  }
}

function describe({ id, urls, logs }: KeptStack): string {
  const rows = [...Object.entries(urls), ['logs', logs]]
  return `${id} is up\n${alignRows(rows)}\nEnd it with: squall down ${id}\n`
}
