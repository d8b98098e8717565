import { Argument, Command } from 'commander'
import type { FaultDescription } from '../../domain/catalogue.ts'
import { planNames } from '../../plan/folder.ts'
import { noOverrides } from '../../plan/overrides.ts'
import { formatDurationMs } from '../../plan/quantity.ts'
import { assets } from '../assets.ts'
import type { CliContext } from '../context.ts'
import { showDescriptions } from './show-parameters.ts'
import { alignRows } from './table.ts'

const kinds = ['plans', 'workloads', 'faults', 'measures', 'presets'] as const
type Kind = (typeof kinds)[number]

/** A row's keys are the columns, in their order; all rows of a kind have the same. */
type Row = Readonly<Record<string, string>>

/** `squall list [kind]`: what plans may name. Without a kind, all of it. */
export function listCommand(context: CliContext): Command {
  return new Command('list')
    .description('show what there is: plans, workloads, faults, measures, presets')
    .addArgument(new Argument('[kind]', 'one of them; all when left out').choices(kinds))
    .option('--json', 'print the result as JSON on stdout, nothing else there')
    .action(async (kind: Kind | undefined, flags: { readonly json?: boolean }) => {
      const wanted = kind === undefined ? kinds : [kind]
      const found = await Promise.all(wanted.map(async (each) => [each, await rowsOf(each, context)] as const))
      if (flags.json === true) {
        context.stdout(`${JSON.stringify({ schemaVersion: 1, ...Object.fromEntries(found) }, null, 2)}\n`)
        return
      }
      context.stdout(found.map(([each, rows]) => `${each}\n${table(rows)}`).join('\n'))
    })
}

function table(rows: readonly Row[]): string {
  return rows.length === 0 ? '  (none)\n' : alignRows(rows.map((row) => Object.values(row)))
}

async function rowsOf(kind: Kind, context: CliContext): Promise<readonly Row[]> {
  if (kind === 'plans') return Promise.all(planNames(assets.plans).map((name) => planRow(name, context)))
  const catalogue = await context.catalogue()
  switch (kind) {
    case 'workloads':
      return [...catalogue.workloads.values()].map(({ name, title }) => ({ name, title }))
    case 'faults':
      return [...catalogue.faults.values()].map(({ name, title, on, roles, parameters, minimumForMs }) => {
        const least = `at least ${formatDurationMs(minimumForMs)}`
        return {
          name,
          on: `on ${targetsOf(on, roles)}`,
          least,
          title,
          parameters: `parameters: ${showDescriptions(parameters)}`,
        }
      })
    case 'measures':
      return [...catalogue.measures].map(([id, { unit, windows, title }]) => {
        return { id, unit, windows: windows.join(', '), title }
      })
    case 'presets':
      return [...catalogue.presets].map(([name, { title, server, primary }]) => {
        const env = Object.entries(server.env).map(([key, value]) => `${key}=${value}`)
        return { name, title, database: `max_connections ${primary.maxConnections}`, server: env.join(' ') }
      })
  }
}

/** What a fault acts on, in the words of docs/plan.md. */
function targetsOf(on: FaultDescription['on'], roles: FaultDescription['roles']): string {
  if (on === 'link') return 'links'
  const names = { mcp: 'servers', postgres: 'databases' } as const
  return roles === undefined ? 'nodes' : roles.map((role) => names[role]).join(', ')
}

async function planRow(name: string, context: CliContext): Promise<Row> {
  const { plan, problems } = await context.loadPlan(name, noOverrides)
  if (plan !== null) {
    const { load, stack, faults, objectives } = plan
    const users = Math.max(...load.phases.flatMap(({ usersFrom, usersTo }) => [usersFrom, usersTo]))
    const duration = formatDurationMs(load.phases.at(-1)?.endMs ?? 0)
    const harm = faults.length === 0 ? 'no faults' : `faults: ${faults.map(({ id }) => id).join(', ')}`
    return {
      name,
      length: duration,
      users: `${users} users`,
      preset: `preset ${stack.preset ?? 'none'}`,
      objectives: `${objectives.length} objectives`,
      faults: harm,
    }
  }
  // A plan that lacks only its load is there to be extended.
  const isBase = problems.every(({ path, received }) => path === 'load.phases' && received === 'nothing')
  const state = isBase ? 'to extend: has no phases' : `${problems.length} problems: squall validate ${name}`
  return { name, length: '-', users: '-', preset: '-', objectives: '-', faults: state }
}
