import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { NodeSpec, StackPlan } from '../../src/domain/plan.ts'
import { type KeeperClient, startKeeper } from '../../src/keeper/client.ts'
import { systemClock } from '../../src/record/clock.ts'
import { type Engines, ensureEngines } from '../../src/setup/engines.ts'
import type { LocalStackOptions } from '../../src/stack/local/options.ts'

export const referenceServerPath = fileURLToPath(new URL('../../reference-server/main.ts', import.meta.url))

export const plainNode = {
  instances: 1,
  port: null,
  command: null,
  cwd: null,
  env: {},
  readyPath: null,
  readyWithinMs: 20_000,
  maxConnections: null,
  follows: null,
  synchronous: false,
  ownDisk: false,
  url: null,
} as const

/** The gate's stack with a small pool; each node can be changed. */
export function stackPlan(change: { server?: Partial<NodeSpec>; primary?: Partial<NodeSpec> } = {}): StackPlan {
  const env = { POOL_SIZE: '5', POOL_MAX_OVERFLOW: '5' }
  return {
    kind: 'local',
    preset: null,
    disposable: true,
    allowHosts: [],
    nodes: {
      server: { ...plainNode, id: 'server', role: 'mcp', readyPath: '/ready', env, ...change.server },
      primary: { ...plainNode, id: 'primary', role: 'postgres', maxConnections: 40, ...change.primary },
    },
    links: { db: { id: 'db', from: 'server', to: 'primary' } },
    supervisor: null,
  }
}

/** A state folder of the test's own, which PostgreSQL's account can reach. */
export class Setting implements Disposable {
  readonly dir = mkdtempSync(join(tmpdir(), 'squall-stack-'))
  readonly stateDir = join(this.dir, 'state')
  #lastId = 0

  constructor() {
    chmodSync(this.dir, 0o755)
  }

  async engines(): Promise<Engines> {
    const engines = await ensureEngines()
    return { ...engines, places: { ...engines.places, stateDir: this.stateDir, dataDir: join(this.stateDir, 'data') } }
  }

  newRunId(): string {
    this.#lastId += 1
    return `run-${this.#lastId}`
  }

  stateFolderOf(runId: string): string {
    return join(this.stateDir, 'runs', runId)
  }

  keeper(runId: string): Promise<KeeperClient> {
    return startKeeper({ stateFolder: this.stateFolderOf(runId), logPath: join(this.logsDirOf(runId), 'keeper.log') })
  }

  logsDirOf(runId: string): string {
    return join(this.dir, 'logs', runId)
  }

  async options(runId: string, keeper: KeeperClient, stack = stackPlan()): Promise<LocalStackOptions> {
    const engines = await this.engines()
    const logsDir = this.logsDirOf(runId)
    return { stack, engines, keeper, runId, logsDir, referenceServerPath, clock: systemClock }
  }

  [Symbol.dispose](): void {
    rmSync(this.dir, { recursive: true, force: true })
  }
}
