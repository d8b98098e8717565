import { existsSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { Command } from 'commander'
import { isAllowedHost } from '../../domain/allowed-hosts.ts'
import type { PlanAccess } from '../../init/first-plan.ts'
import { InitError } from './init-error.ts'
import { type NamedDatabase, readDatabase } from './read-database.ts'
import { checkAuthEnv, readHeaders, secretKeyOf } from './read-login.ts'

/** As commander reads them. */
export interface InitFlags {
  readonly target: string
  readonly out: string
  readonly seed: string
  readonly allowTool: readonly string[]
  readonly allowWrites: boolean
  readonly allowHost: readonly string[]
  readonly authEnv?: string
  readonly header: readonly string[]
  readonly ca?: string
  readonly database?: string
}

export interface InitRequest {
  readonly url: string
  readonly out: string
  /** Of the plan. */
  readonly name: string
  readonly seed: number
  readonly access: PlanAccess
  /** null: none was named. */
  readonly database: NamedDatabase | null
}

export function withInitFlags(command: Command): Command {
  return command
    .requiredOption('--target <url>', 'where the server speaks MCP, such as http://127.0.0.1:8080/mcp')
    .option('--out <plan.yaml>', 'the plan to write; must not be there', 'first-plan.yaml')
    .option('--seed <n>', 'seed of the generated arguments, and of the plan', '1')
    .option('--allow-tool <name...>', 'tools that may be called although they do not say that they only read', [])
    .option('--allow-writes', 'call all tools but those that say that they may destroy', false)
    .option('--allow-host <host...>', 'hosts beside this machine that may be called', [])
    .option('--auth-env <variable>', 'the environment variable that holds a bearer token')
    .option('--header <name=variable...>', 'headers to send, and the environment variables that hold them', [])
    .option('--database <url>', 'the PostgreSQL behind it: postgres://…; `squall proxy` before it lets faults act')
    .option('--ca <file>', 'certificates (PEM) to trust in place of the machine’s')
}

/** Throws one InitError that lists every problem of the flags. Opens nothing. */
export function readInitFlags(flags: InitFlags): InitRequest {
  const problems: string[] = []
  const url = URL.parse(flags.target)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    const received = flags.target.includes('@') ? 'a value' : flags.target
    problems.push(`--target: got ${received}; expected an address such as http://127.0.0.1:8080/mcp`)
  } else if (url.username !== '' || url.password !== '') {
    problems.push('--target: got a login in the address; expected it in a variable, by --auth-env or --header')
  } else if (secretKeyOf(url) !== null) {
    const received = `?${secretKeyOf(url)}= in the address`
    problems.push(`--target: got ${received}; the whole address is recorded: use --auth-env or --header`)
  } else if (!isAllowedHost(url.hostname, flags.allowHost)) {
    const { hostname } = url
    problems.push(`--target: got ${hostname}; expected this machine, or --allow-host ${hostname} too`)
  }
  const seed = Number(flags.seed)
  if (!/^\d{1,15}$/.test(flags.seed)) problems.push(`--seed: got ${flags.seed}; expected a whole number`)
  if (!/\.ya?ml$/.test(flags.out)) problems.push(`--out: got ${flags.out}; expected a file that ends in .yaml`)
  else if (existsSync(flags.out)) problems.push(`--out: ${flags.out} is there already; expected a new file`)
  else if (!existsSync(dirname(flags.out))) problems.push(`--out: there is no folder ${dirname(flags.out)}`)
  const database = readDatabase(flags, problems)
  const headers = readHeaders(flags.header, problems)
  checkAuthEnv(flags.authEnv, problems)
  if (problems.length > 0) throw new InitError('usage', problems.join('\n        '), 'nothing was opened or written')
  return {
    url: url?.href ?? '',
    out: flags.out,
    name: planName(flags.out),
    seed,
    database,
    access: {
      authEnv: flags.authEnv ?? null,
      headers,
      caFile: flags.ca ?? null,
      allowHosts: flags.allowHost.map((host) => host.toLowerCase()),
    },
  }
}

/** The file's name, as far as an id may look so. */
function planName(file: string): string {
  const name = basename(file)
    .replace(/\.ya?ml$/, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^[^a-z]+|-+$/g, '')
    .slice(0, 40)
  return name === '' ? 'first-plan' : name
}
