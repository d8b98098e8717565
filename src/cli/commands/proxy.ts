import { join } from 'node:path'
import { Command } from 'commander'
import { startKeeper } from '../../keeper/client.ts'
import { settingOf } from '../../setup/setting.ts'
import { ensureToxiproxy } from '../../setup/toxiproxy.ts'
import { type KeptProxy, keptProxies, proxyRunId, urlsOfProxy } from '../../stack/external/kept-proxies.ts'
import { type ProxyEnds, proxyEnds } from '../../stack/external/upstream.ts'
import { freePort, loopback, portFor, whoListens } from '../../stack/local/ports.ts'
import { startProxies } from '../../stack/local/proxy.ts'
import { StackError } from '../../stack/stack-error.ts'
import type { CliContext } from '../context.ts'
import { orInterrupted } from '../interrupt.ts'
import { makeLogsFolder } from '../kept-logs.ts'
import { clearLeftovers } from '../leftovers.ts'

/** Bad usage (sysexits.h EX_USAGE). */
const usageExitCode = 64

interface ProxyFlags {
  readonly upstream: string
  readonly listen?: string
  readonly name: string
  readonly allowHost: readonly string[]
  readonly json?: boolean
}

/** `squall proxy --upstream URL`: a listener that a server is pointed at, so that link faults act on its way. */
export function proxyCommand(context: CliContext): Command {
  return new Command('proxy')
    .description(
      'keep a proxy before a database, until `squall down`: point your server at it, and faults act on its way',
    )
    .requiredOption('--upstream <url>', 'where the database is: postgres://host:port; a login in it is not used')
    .option('--listen <host:port>', 'where the proxy listens (default: a free port of 127.0.0.1)')
    .option('--name <name>', 'what it is called', 'database')
    .option('--allow-host <host>', 'a host beside this machine that it may lead to; repeatable', collect, [])
    .option('--json', 'print what was opened as JSON on stdout, nothing else there')
    .action(async (flags: ProxyFlags) => {
      const { upstream, listen = null, allowHost: allowHosts, name } = flags
      const ends = proxyEnds({ upstream, listen, allowHosts })
      const problems = [...('problems' in ends ? ends.problems : []), ...nameProblems(name)]
      if ('problems' in ends || problems.length > 0) {
        for (const problem of problems) context.stderr(`squall: ${problem}\n`)
        context.setExitCode(usageExitCode)
        return
      }
      const kept = await keepProxy(name, ends, context)
      if (kept === null) context.setExitCode(usageExitCode)
      else context.stdout(flags.json === true ? `${JSON.stringify(kept, null, 2)}\n` : describe(kept))
    })
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value]
}

/** It becomes part of a folder's name, of a URL, and of `squall down`'s argument. */
function nameProblems(name: string): string[] {
  return /^[a-z][a-z0-9-]{0,39}$/.test(name)
    ? []
    : ['--name: lower-case letters, digits and dashes, at most 40, such as database']
}

/** Nothing runs when it rejects: the keeper, not detached yet, ends with us. null: there is one, which has been told. */
async function keepProxy(name: string, ends: ProxyEnds, context: CliContext): Promise<KeptProxy | null> {
  const { interrupt, clock, stderr } = context
  const setting = settingOf({ progress: ({ message }) => stderr(`${message}\n`), signal: interrupt })
  const { stateDir } = setting.places
  await clearLeftovers(context, stateDir)
  const id = proxyRunId(name)
  const before = keptProxies(stateDir).find((proxy) => proxy.name === name)
  if (before !== undefined) {
    stderr(
      `squall: there is a proxy ${name} already, which leads to ${before.upstream}: give another --name, or squall down ${id}\n`,
    )
    return null
  }
  const toxiproxy = await orInterrupted(ensureToxiproxy(setting), interrupt)
  const logs = makeLogsFolder(stateDir, id)
  await using keeper = await startKeeper({
    stateFolder: join(stateDir, 'runs', id),
    logPath: join(logs, 'keeper.log'),
    runFolder: logs,
    clock,
  })
  const host = ends.listen?.host ?? loopback
  const port = ends.listen === null ? await freePort() : await listenPort(ends.listen.port)
  const { apiUrl } = await startProxies(
    {
      apiPort: await freePort(),
      logPath: join(logs, 'toxiproxy.log'),
      stateFolder: keeper.stateFolder,
      proxies: [{ name, listen: `${host}:${port}`, upstream: ends.upstream }],
    },
    { toxiproxy },
    { keeper, clock, signal: interrupt },
  )
  const kept: KeptProxy = { name, listen: `${host}:${port}`, upstream: ends.upstream, apiUrl, proxyName: name }
  await keeper.detach(urlsOfProxy(kept))
  return kept
}

/** Looked at before, since Toxiproxy itself would go on without its listener. Rejects with a StackError. */
async function listenPort(port: number): Promise<number> {
  return await portFor({ id: 'proxy', port }).catch((cause: unknown) => {
    const holder = whoListens(port)
    const by = holder === null ? '' : ` by ${holder.name} (process ${holder.pid})`
    const hint = 'end what holds it, or leave --listen out: any free port will do'
    throw new StackError({ kind: 'port_taken', message: `--listen: port ${port} is taken${by}`, hint, cause })
  })
}

function describe({ name, listen, upstream }: KeptProxy): string {
  return [
    `the proxy ${name} listens at ${listen}, and leads to ${upstream}`,
    `Point your server at ${listen} in place of ${upstream}: its login, database and options stay as they are.`,
    `Then: squall gate --target URL --database postgres://USER@${upstream}/DATABASE`,
    `End it with: squall down ${proxyRunId(name)}`,
    '',
  ].join('\n')
}
