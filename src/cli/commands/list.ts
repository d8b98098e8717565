import { Argument, Command } from 'commander'
import type { FaultDescription } from '../../domain/catalogue.ts'
import { planNames } from '../../plan/folder.ts'
import { noOverrides } from '../../plan/overrides.ts'
import { formatDurationMs } from '../../plan/quantity.ts'
import { assets } from '../assets.ts'
import type { CliContext } from '../context.ts'
import { showDescriptions } from './show-parameters.ts'
import { alignRows } from './table.ts'

const kinds = ['plans', 'workloads', 'faults', 'drills', 'measures', 'mappings', 'presets'] as const
type Kind = (typeof kinds)[number]

/** One thing of a kind: for programs, with durations in ms, and as a line of a table. */
interface Entry {
  readonly data: Readonly<Record<string, unknown>>
  readonly cells: readonly string[]
}

/** `squall list [kind]`: what plans may name. Without a kind, all of it. */
export function listCommand(context: CliContext): Command {
  return new Command('list')
    .description('show what there is: plans, workloads, faults, drills, measures, mappings, presets')
    .addArgument(new Argument('[kind]', 'one of them; all when left out').choices(kinds))
    .option('--json', 'print the result as JSON on stdout, nothing else there')
    .action(async (kind: Kind | undefined, flags: { readonly json?: boolean }) => {
      const wanted = kind === undefined ? kinds : [kind]
      const found = await Promise.all(wanted.map(async (each) => [each, await entriesOf(each, context)] as const))
      if (flags.json === true) {
        const data = Object.fromEntries(found.map(([each, entries]) => [each, entries.map((entry) => entry.data)]))
        context.stdout(`${JSON.stringify({ schemaVersion: 1, ...data }, null, 2)}\n`)
        return
      }
      context.stdout(found.map(([each, entries]) => `${each}\n${table(entries)}`).join('\n'))
    })
}

function table(entries: readonly Entry[]): string {
  return entries.length === 0 ? '  (none)\n' : alignRows(entries.map(({ cells }) => cells))
}

async function entriesOf(kind: Kind, context: CliContext): Promise<readonly Entry[]> {
  if (kind === 'plans') return Promise.all(planNames(assets.plans).map((name) => planEntry(name, context)))
  const catalogue = await context.catalogue()
  switch (kind) {
    case 'workloads':
      return [...catalogue.workloads.values()].map(({ name, title, tools, protocol = 'mcp' }) => ({
        data: { name, title, protocol, tools: tools === null ? null : Object.fromEntries(tools) },
        cells: [name, protocol, title],
      }))
    case 'faults':
      return [...catalogue.faults.values()].map(faultEntry)
    case 'drills':
      return [...catalogue.drills.values()].map(({ name, title, hypothesis, steps }) => ({
        data: { name, title, hypothesis, steps },
        cells: [name, title],
      }))
    case 'measures':
      return [...catalogue.measures].map(([id, description]) => {
        const { unit, windows, title } = description
        return { data: { id, ...description }, cells: [id, unit, windows.join(', '), title] }
      })
    case 'mappings':
      return [...catalogue.mappings.values()].map((mapping) => ({
        data: { ...mapping },
        cells: [mapping.name, mapping.title, `tells ${Object.keys(mapping.map).join(', ')}`],
      }))
    case 'presets':
      return [...catalogue.presets].map(([name, preset]) => {
        const env = Object.entries(preset.server.env).map(([key, value]) => `${key}=${value}`)
        const slots = `max_connections ${preset.primary.maxConnections}`
        return { data: { name, ...preset }, cells: [name, preset.title, slots, env.join(' ')] }
      })
  }
}

function faultEntry({ name, title, on, roles, parameters, minimumForMs, judgedBy }: FaultDescription): Entry {
  return {
    data: { name, title, on, roles: roles ?? null, parameters, minimumForMs, judgedBy },
    cells: [
      name,
      `on ${targetsOf(on, roles)}`,
      `at least ${formatDurationMs(minimumForMs)}`,
      title,
      `parameters: ${showDescriptions(parameters)}`,
    ],
  }
}

/** What a fault acts on, in the words of docs/plan.md. */
function targetsOf(on: FaultDescription['on'], roles: FaultDescription['roles']): string {
  if (on === 'link') return 'links'
  const names = { mcp: 'servers', postgres: 'databases', http: 'integrations', redis: 'caches' } as const
  return roles === undefined ? 'nodes' : roles.map((role) => names[role]).join(', ')
}

async function planEntry(name: string, context: CliContext): Promise<Entry> {
  const { plan, problems } = await context.loadPlan(name, noOverrides)
  if (plan === null) {
    // A plan that lacks only its load is there to be extended.
    const isBase = problems.every(({ path, received }) => path === 'load.phases' && received === 'nothing')
    const state = isBase ? 'to extend: has no phases' : `${problems.length} problems: squall validate ${name}`
    return { data: { name, isRunnable: false, state }, cells: [name, '-', '-', '-', '-', state] }
  }
  const { load, stack, faults, objectives } = plan
  const users = Math.max(...load.phases.flatMap(({ usersFrom, usersTo }) => [usersFrom, usersTo]))
  const durationMs = load.phases.at(-1)?.endMs ?? 0
  const ids = faults.map(({ id }) => id)
  return {
    data: {
      name,
      isRunnable: true,
      durationMs,
      users,
      preset: stack.preset,
      objectives: objectives.map(({ id }) => id),
      faults: ids,
    },
    cells: [
      name,
      formatDurationMs(durationMs),
      `${users} users`,
      `preset ${stack.preset ?? 'none'}`,
      `${objectives.length} objectives`,
      ids.length === 0 ? 'no faults' : `faults: ${ids.join(', ')}`,
    ],
  }
}
