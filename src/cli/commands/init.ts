import { writeFileSync } from 'node:fs'
import { Command } from 'commander'
import { whyNotCalled } from '../../init/consent.ts'
import { firstPlanText, type PlanAccess } from '../../init/first-plan.ts'
import { generateApart } from '../../init/generate-apart.ts'
import { askMore } from '../../init/more-questions.ts'
import { oneLine } from '../../init/plan-tool.ts'
import { type TriedTool, tryTools } from '../../init/trials.ts'
import type { McpAccess } from '../../mcp-client/access.ts'
import type { ListedTool, McpClient } from '../../mcp-client/client.ts'
import { McpClientError } from '../../mcp-client/client-error.ts'
import { connect } from '../../mcp-client/connect.ts'
import { listNames } from '../../plan/problems.ts'
import { askOutsideDatabase, loginUrl } from '../../stack/external/outside-database.ts'
import { StackError } from '../../stack/stack-error.ts'
import { loginHint, readAccess } from '../access.ts'
import type { CliContext } from '../context.ts'
import { InitError } from '../init/init-error.ts'
import { type InitFlags, type InitRequest, readInitFlags, withInitFlags } from '../init/init-flags.ts'
import { databaseAdvice, initAdvice, initTable } from '../init/init-summary.ts'
import type { NamedDatabase } from '../init/read-database.ts'
import { orInterrupted } from '../interrupt.ts'

/** A plan was written that cannot be run as it is, or none. */
const notReadyExitCode = 2
/** For opening, and for each page of the listing. */
const askMsMax = 15_000

/** `squall init`: finds a server's tools, tries those that may be tried, and writes a first plan. */
export function initCommand(context: CliContext): Command {
  const command = new Command('init').description('write a first plan from the tools of an MCP server that runs')
  return withInitFlags(command).action((flags: InitFlags) => initialize(context, flags))
}

/**
 * Exit 0: the plan can be run as it is; 2: something has to be allowed or filled in first.
 * @throws InitError (64: flags; 3: no server that tells its tools), Interrupted (130); then nothing is written
 */
async function initialize(context: CliContext, flags: InitFlags): Promise<void> {
  const request = readInitFlags(flags)
  const access = accessTo(request.access)
  await using client = await orInterrupted(open(request.url, access), context.interrupt)
  const listed = await orInterrupted(list(client, access, flags), context.interrupt)
  const { stderr, setExitCode } = context
  stderr(`${client.url} speaks MCP ${client.version}: ${listed.length} tools\n`)
  const tools = await tryAll(context, { client, listed, flags, seed: request.seed })
  stderr(`\n${initTable(tools)}\n`)
  const trouble = await orInterrupted(troubleWith(request.database), context.interrupt)
  if (trouble?.isClosed === true || !tools.some(({ state }) => state === 'usable')) setExitCode(notReadyExitCode)
  if (tools.every(({ state }) => state === 'not_allowed')) {
    stderr(
      `No plan was written: no tool may be called. Allow some by --allow-tool NAME, or all but those that may destroy by --allow-writes\n`,
    )
    return
  }
  write(request, client.url, tools)
  const { out, database } = request
  const said = databaseAdvice(database?.behind ?? null, trouble?.why ?? null)
  stderr(`wrote ${out}\n${said}${initAdvice(tools, out, flags.allowHost)}`)
}

/** What the login of `--database` cannot do; `isClosed`: it does not come in. null: it can do all, or none was named. */
async function troubleWith(
  named: NamedDatabase | null,
): Promise<{ readonly why: string; readonly isClosed: boolean } | null> {
  if (named === null) return null
  const { behind, password } = named
  try {
    const why = await askOutsideDatabase('the database', loginUrl(behind, password) ?? behind.url)
    return why === null ? null : { why, isClosed: false }
  } catch (error) {
    if (!(error instanceof StackError)) throw error
    return { why: `${error.message}\n  ${error.hint}`, isClosed: true }
  }
}

/** Values of headers and certificates. Throws an InitError that lists what is missing. */
function accessTo({ authEnv, headers, caFile, allowHosts }: PlanAccess): McpAccess {
  const named = Object.entries(headers).map(([name, env]) => [name, { env, prefix: '' }] as const)
  const bearer = authEnv === null ? {} : { Authorization: { env: authEnv, prefix: 'Bearer ' } }
  const server = {
    id: 'server',
    role: 'mcp' as const,
    headers: { ...Object.fromEntries(named), ...bearer },
    ...(caFile === null ? {} : { caFile }),
  }
  const { access, problems } = readAccess({ stack: { nodes: { server }, allowHosts } }, process.env, process.cwd())
  if (problems === null) return access
  const told = problems.map(({ path, received, expected }) => `${path}: got ${received}; expected ${expected}`)
  throw new InitError('usage', told.join('\n        '), 'nothing was opened or written')
}

async function open(url: string, access: McpAccess): Promise<McpClient> {
  try {
    return await connect(url, { ...access, limitMs: askMsMax, name: 'squall-init' })
  } catch (error) {
    throw serverError(error, access, `${url} does not answer as an MCP server`)
  }
}

async function list(client: McpClient, access: McpAccess, flags: InitFlags): Promise<readonly ListedTool[]> {
  const listed = await client.listTools().catch((error: unknown) => {
    throw serverError(error, access, `the tools of ${client.url} cannot be listed`)
  })
  const names = listed.map(({ name }) => name)
  if (names.length === 0) throw new InitError('server', `${client.url} has no tools`, 'there is nothing to call')
  const unknown = flags.allowTool.filter((name) => !names.includes(name))
  if (unknown.length === 0) return listed
  throw new InitError('usage', `--allow-tool: no tool is called ${unknown.join(', ')}`, `there are ${listNames(names)}`)
}

function serverError(error: unknown, access: McpAccess, what: string): unknown {
  if (!(error instanceof McpClientError)) return error
  const hint = error.kind === 'unauthorized' ? loginHint(access, '--auth-env, --header') : 'is that its address?'
  return new InitError('server', `${what}: ${error.message}`, hint, { cause: error })
}

interface Look {
  readonly client: McpClient
  readonly listed: readonly ListedTool[]
  readonly flags: InitFlags
  readonly seed: number
}

async function tryAll(
  { stderr, clock, interrupt }: CliContext,
  { client, listed, flags, seed }: Look,
): Promise<readonly TriedTool[]> {
  const consent = { tools: new Set(flags.allowTool), writes: flags.allowWrites }
  const generated = await generateApart(listed, seed, clock, interrupt)
  const count = listed.filter((tool) => whyNotCalled(tool, consent) === null).length
  if (count > 0) stderr(`trying ${count} of them\n`)
  const nowMs = () => clock.monotonicUs() / 1_000
  const trials = tryTools({
    tools: listed,
    generated,
    consent,
    caller: client,
    nowMs,
    sleep: (ms) => clock.sleep(ms, interrupt),
    signal: interrupt,
    onTrial: (name) => stderr(`  ${oneLine(name, 80)}\n`),
  })
  const tried = await orInterrupted(trials, interrupt)
  return await orInterrupted(askMore({ tried, generated, caller: client, nowMs, signal: interrupt }), interrupt)
}

/** Refuses to write over a file that has come meanwhile, too. */
function write({ out, name, seed, access, database }: InitRequest, target: string, tools: readonly TriedTool[]): void {
  try {
    const behind = database?.behind ?? null
    writeFileSync(out, firstPlanText({ name, target, seed, access, database: behind, tools }), { flag: 'wx' })
  } catch (cause) {
    throw new InitError('usage', `${out} cannot be written: ${String(cause)}`, 'name another by --out', { cause })
  }
}
