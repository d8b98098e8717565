import { join, resolve } from 'node:path'
import type { Clock } from '../domain/clock.ts'
import type { HookControl } from '../domain/node-control.ts'
import type { HookName, HookSpec, HooksPlan } from '../domain/plan.ts'
import type { KeeperClient } from '../keeper/client.ts'
import { hookProcessName } from '../keeper/end-run.ts'
import { commandGraceMs } from '../keeper/limits.ts'
import { type CommandUndo, commandMsMax } from '../keeper/undo-command.ts'
import { fillIn, ourEnvironment, type Words } from './local/command.ts'
import { LogSince } from './local/log-tail.ts'
import { runOnce } from './local/run-once.ts'
import type { RunningStack } from './running-stack.ts'

export interface HooksSpec {
  readonly plan: HooksPlan
  readonly stack: Pick<RunningStack, 'databaseUrl' | 'cluster' | 'nodes'>
  readonly keeper: Pick<KeeperClient, 'spawn' | 'stop' | 'onExited'>
  readonly clock: Clock
  /** hook-<name>.log each. */
  readonly logsDir: string
}

/** The plan's own commands. The keeper starts each, so that none goes on when the harness is gone. */
export class Hooks {
  readonly #spec: HooksSpec
  readonly #over = new AbortController()
  /** The last run of each: one that is asked for meanwhile waits for it. */
  readonly #last = new Map<HookName, Promise<unknown>>()

  constructor(spec: HooksSpec) {
    this.#spec = spec
  }

  /** As told of one node. */
  on(node: string): HookControl {
    return { run: (name) => this.#inTurn(name, node), msMax: (name) => msMaxOf(this.#spec.plan[name]) }
  }

  /** The run is to end: what harms, acts or verifies is ended; what heals may go on to its own deadline. */
  giveUp(): void {
    this.#over.abort(new Error('the run is to end'))
  }

  /** What the keeper does when nobody else has healed; null: the plan has no `heal`. */
  undo(node: string): CommandUndo | null {
    const hook = this.#spec.plan.heal
    if (hook === undefined) return null
    const { argv, cwd, env } = this.#filledIn(hook, node)
    // Whoever undoes it may have started elsewhere.
    const path = { PATH: process.env.PATH ?? '/usr/bin:/bin' }
    return { kind: 'command', argv, cwd, env: { ...path, ...env }, withinMs: hook.withinMs, logPath: this.#log('heal') }
  }

  #inTurn(name: HookName, node: string): Promise<void> {
    const before = this.#last.get(name) ?? Promise.resolve()
    const running = before.catch(() => undefined).then(() => this.#run(name, node))
    this.#last.set(name, running)
    return running
  }

  async #run(name: HookName, node: string): Promise<void> {
    const { plan, keeper, clock } = this.#spec
    const hook = plan[name]
    if (hook === undefined) throw new Error(`the plan has no hooks.${name}`)
    const { argv, cwd, env } = this.#filledIn(hook, node)
    const log = new LogSince(this.#log(name))
    const spec = { name: hookProcessName(name), argv, cwd, env: { ...ourEnvironment(), ...env }, logPath: log.path }
    const signal = name === 'heal' ? new AbortController().signal : this.#over.signal
    const why = await runOnce(spec, hook.withinMs, { keeper, clock, signal }, commandGraceMs)
    if (why !== null) throw new Error(`hooks.${name}: ${why}; the end of ${log.path}:\n${log.lastWords()}`)
  }

  #log(name: HookName): string {
    return join(this.#spec.logsDir, `hook-${name}.log`)
  }

  #filledIn({ command, cwd, env }: HookSpec, node: string) {
    const words = this.#words(node)
    return {
      argv: command.map((word) => fillIn(word, words)),
      cwd: cwd === null ? process.cwd() : resolve(cwd),
      env: Object.fromEntries(Object.entries(env).map(([key, value]) => [key, fillIn(value, words)])),
    }
  }

  #words(node: string): Words {
    const { stack } = this.#spec
    const databases = [...stack.nodes.values()].filter(({ role }) => role === 'postgres')
    return [
      ['node', node],
      ['primary', stack.cluster?.primary ?? databases[0]?.id ?? ''],
      ['database_url', stack.databaseUrl ?? ''],
    ]
  }
}

function msMaxOf(hook: HookSpec | undefined): number {
  return hook === undefined ? 0 : commandMsMax(hook)
}
