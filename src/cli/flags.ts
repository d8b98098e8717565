import type { Command } from 'commander'
import type { Overrides } from '../plan/overrides.ts'
import { findProxyBefore, readDatabaseFlag } from './database-flag.ts'

/** The flags of every command that runs a plan, as commander reads them. */
export interface RunFlags {
  readonly users?: string
  readonly target?: string
  readonly database?: string
  readonly proxy?: string
  readonly allowHost: readonly string[]
  readonly stack?: string
  readonly set: readonly string[]
  readonly seed?: string
  readonly unknown?: string
  readonly quick?: boolean
  readonly out?: string
  readonly json?: boolean
  readonly color: boolean
}

/** A flag that may come several times. */
export function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value]
}

/** Flags that change a plan. */
export function withPlanFlags(command: Command): Command {
  return command
    .option('--users <n>', 'how many users at the plan’s highest; phases keep their proportions')
    .option('--target <url>', 'the server to test, instead of one started here; no fault acts on it')
    .option('--database <url>', 'the PostgreSQL behind it, to look at: postgres://user@host:port/name; PGPASSWORD')
    .option('--proxy <name>', 'the proxy on its way to the database (default: the squall proxy that leads there)')
    .option('--allow-host <host>', 'a host beside this machine that may be put under load; repeatable', collect, [])
    .option('--stack <kind>', 'local, compose or external')
    .option('--set <path=value>', 'change one value of the plan, such as load.pace=2s; repeatable', collect, [])
    .option('--seed <n>', 'seed of schedule, arguments and data')
    .option('--unknown <fail|warn>', 'what an inconclusive verdict does to the exit code')
    .option('--quick', 'every phase and fault 0.35 times as long (at least 5 s, faults 8 s); the report says so')
}

/** Flags of what runs a plan, beside those that change it; what only judges has none of them. */
export function withRunFlags(
  command: Command,
  out = 'the run folder itself: new or empty (default: runs/<time>-<plan>)',
): Command {
  return withPlanFlags(command).option('--out <dir>', out).option('--no-color', 'no colours, no live view')
}

export function overridesOf(flags: RunFlags): Overrides {
  const database = flags.database === undefined ? null : readDatabaseFlag(flags.database).url
  return {
    set: flags.set,
    users: flags.users ?? null,
    seed: flags.seed ?? null,
    target: flags.target ?? null,
    database,
    proxy: flags.proxy ?? (database === null ? null : findProxyBefore(database)),
    allowHosts: flags.allowHost,
    stack: flags.stack ?? null,
    unknown: flags.unknown ?? null,
    quick: flags.quick ?? false,
  }
}
