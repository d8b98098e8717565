import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { drills } from '../../chaos/drills/registry.ts'
import { faults } from '../../chaos/faults/registry.ts'
import { type ConductEnd, conduct, type ManualMode } from '../conduct/conduct.ts'
import type { NewestDrill } from '../domain/past-drill.ts'
import { type Advice, needsRouter, type Plan } from '../domain/plan.ts'
import type { ToolReads } from '../domain/tool-reads.ts'
import { type KeeperClient, startKeeper } from '../keeper/client.ts'
import { generatorEnvironment, joinCpuGroup } from '../keeper/cpu-groups.ts'
import type { LedgerTool } from '../ledger/start.ts'
import { bundleSpoken, bundleWorkload } from '../load/bundle.ts'
import { garbagePlan, generatorConfig } from '../load/generator-config.ts'
import type { RowsPlace } from '../load/planned-tools.ts'
import { loadSpoken } from '../load/spoken.ts'
import { type StartedLoad, startLoad } from '../load/start.ts'
import { type WeightedTool, workloadFile, workloadOf } from '../load/workload.ts'
import type { McpAccess } from '../mcp-client/access.ts'
import type { McpTarget } from '../mcp-client/target.ts'
import type { DrillScript } from '../record/reader.ts'
import { RunFolderWriter } from '../record/writer.ts'
import { type Engines, ensureEngines, ensureGenerator, type Generator } from '../setup/engines.ts'
import { freeMemoryBytes } from '../setup/free-memory.ts'
import { externalStack } from '../stack/external/external-stack.ts'
import { startLocalStack } from '../stack/local/local-stack.ts'
import type { RunningStack } from '../stack/running-stack.ts'
import { assets } from './assets.ts'
import type { CliContext } from './context.ts'
import { readBootId, readCommit, readEnvironment, readVersion } from './environment.ts'
import { findBeside } from './find-beside.ts'
import { findTarget } from './find-target.ts'
import { orInterrupted } from './interrupt.ts'
import { clearLeftovers } from './leftovers.ts'
import { type LoadTarget, loadTarget } from './load-target.ts'
import { isManual, manualMode } from './manual.ts'
import { previousDrill, runsFolders } from './past-drills.ts'
import { generatorProcessors, prefer } from './priority.ts'
import { probeCallOf } from './probe-call.ts'
import { plainText } from './problem.ts'
import { showProgress } from './progress.ts'
import { stackView } from './stack-view.ts'
import { readsOf, readsOfRequests } from './tool-reads.ts'

export interface ExecuteSpec {
  readonly plan: Plan
  readonly advice: readonly Advice[]
  /** How one comes in. */
  readonly access: McpAccess
  /** Of a database that Squall did not start, for our own connections; null: PGPASSWORD, if any. */
  readonly password: string | null
  /** The run folder itself; null: runs/<time>-<plan>. */
  readonly out: string | null
  /** What a gate tells of it; undefined: nobody looked. */
  readonly newestDrill?: NewestDrill | null
}

export interface Executed {
  readonly folder: string
  readonly end: ConductEnd
}

/** All users together; a server that opens sessions at 20 a second still makes it with 1,000. */
const barrierTimeoutMs = 120_000

function newRunId(planName: string, wallUnixUs: number): string {
  const time = new Date(wallUnixUs / 1_000).toISOString().replaceAll(/[-:]/g, '').slice(0, 15)
  // Two runs may begin in one second.
  return `${time}-${planName}-${randomBytes(2).toString('hex')}`
}

interface PreparedLoad {
  readonly ledgerTool: LedgerTool | null
  readonly written: readonly string[] | null
  readonly tools: readonly WeightedTool[]
  readonly scriptPath: string
  readonly probeCall: { readonly tool: string; readonly arguments: object } | null
  /** null: only the server knows, or nobody asks. */
  readonly reads: ToolReads | null
  /** Of a workload that speaks SQL: its statements have names. */
  readonly prepares: boolean
}

interface Prepared extends PreparedLoad, AsyncDisposable {
  readonly generator: StartedLoad
}

async function prepareLoad(
  plan: Plan,
  workFolder: string,
  databaseUrl: RowsPlace['databaseUrl'],
): Promise<PreparedLoad> {
  const file = plan.load.file ?? workloadFile(plan.load.workload)
  const { protocol } = plan.load
  if (protocol !== undefined) return await prepareSpoken(file, protocol, plan, workFolder)
  const scriptPath = join(workFolder, 'workload.js')
  const { workload, tools, planned } = await workloadOf(file, plan.load.with, { seed: plan.seed, databaseUrl })
  await bundleWorkload(file, scriptPath, planned)
  return {
    tools,
    scriptPath,
    probeCall: probeCallOf(workload, tools),
    ledgerTool: workload.ledger ?? null,
    reads: null,
    prepares: false,
    written: workload.writes ?? null,
  }
}

/** Of another protocol than MCP: no tool probes it, and none writes a ledger. */
async function prepareSpoken(
  file: string,
  protocol: 'http' | 'sql',
  { load }: Plan,
  workFolder: string,
): Promise<PreparedLoad> {
  const scriptPath = join(workFolder, 'workload.js')
  const { workload, calls } = await loadSpoken(file, load.with)
  await bundleSpoken(file, protocol, load.with, scriptPath)
  const prepares = workload.protocol === 'sql' && workload.prepares === true
  const reads = workload.protocol === 'http' ? readsOfRequests(workload) : null
  return { tools: calls, scriptPath, probeCall: null, ledgerTool: null, written: null, reads, prepares }
}

/** Of MCP; a server that is asked otherwise tells none. */
function versionSpoken({ load }: Plan, era: McpTarget['era']): { readonly mcp?: string } {
  return load.protocol === undefined ? { mcp: era ?? 'unknown' } : {}
}

function scriptOf(drillName: string): DrillScript | null {
  const drill = drills.get(drillName)
  return drill === undefined ? null : { title: drill.title, hypothesis: drill.hypothesis, steps: drill.steps }
}

/** One run from nothing to a closed run folder; whatever it started is ended when it resolves or rejects. */
class Execution {
  readonly #context: CliContext
  readonly #spec: ExecuteSpec
  readonly #runId: string
  readonly #folder: RunFolderWriter
  /** Read before the load, as git may take its time. */
  readonly #commit = readCommit(process.cwd())
  /** Stack and harness go before other processes of the machine. */
  #goesBefore = false
  /** Read before we join a group, in which a limit of the one above would no longer be seen. */
  readonly #freeBytes = freeMemoryBytes()

  constructor(context: CliContext, spec: ExecuteSpec) {
    this.#context = context
    this.#spec = spec
    const { plan, out } = spec
    this.#runId = newRunId(plan.name, context.clock.wallUnixUs())
    const folder = out === null ? join(assets.runs, this.#runId) : resolve(out)
    this.#folder = RunFolderWriter.create(folder, context.clock)
  }

  #say(text: string): void {
    this.#context.stderr(`${plainText(text)}\n`)
  }

  #log(name: string): string {
    return join(this.#folder.folder, 'logs', `${name}.log`)
  }

  async run(engines: Engines | Generator): Promise<Executed> {
    const { places } = engines
    const stateFolder = join(places.stateDir, 'runs', this.#runId)
    await using keeper = await startKeeper({
      stateFolder,
      logPath: this.#log('keeper'),
      runFolder: this.#folder.folder,
      clock: this.#context.clock,
    })
    // Ourselves and k6, which inherits it; the keeper puts us back at the end.
    this.#goesBefore = joinCpuGroup(this.#runId, 'harness', process.pid)
    const workFolder = join(stateFolder, 'work')
    mkdirSync(workFolder, { recursive: true })
    // k6 takes about as long to make its users as the stack to come up, so they do it side by side.
    const starting = this.#startStack(engines, keeper)
    const preparing = this.#prepare(engines, keeper, workFolder, async () => (await starting).databaseUrl)
    preparing.catch(() => undefined)
    try {
      await using stack = await starting
      await using ready = await orInterrupted(preparing, this.#context.interrupt)
      return await this.#drive(engines, keeper, stack, ready)
    } finally {
      // Whichever of the two came too late for its release above is released here.
      await preparing.then((late) => late[Symbol.asyncDispose]()).catch(() => undefined)
    }
  }

  async #prepare(
    engines: Generator,
    keeper: KeeperClient,
    workFolder: string,
    databaseUrl: RowsPlace['databaseUrl'],
  ): Promise<Prepared> {
    const load = await prepareLoad(this.#spec.plan, workFolder, databaseUrl)
    await using cleanup = new AsyncDisposableStack()
    const generator = cleanup.use(await this.#startLoad(engines, load, workFolder, keeper.mark))
    await keeper.adopt('k6', generator.pid)
    prefer(generator.pid)
    joinCpuGroup(this.#runId, 'generator', generator.pid)
    const release = cleanup.move()
    return { ...load, generator, [Symbol.asyncDispose]: () => release.disposeAsync() }
  }

  async #startStack(engines: Engines | Generator, keeper: KeeperClient): Promise<RunningStack> {
    const { clock, interrupt } = this.#context
    if (!('postgres' in engines)) return await this.#findStack(engines)
    const fromUs = clock.monotonicUs()
    const stack = await startLocalStack({
      stack: this.#spec.plan.stack,
      engines,
      keeper,
      runId: this.#runId,
      logsDir: join(this.#folder.folder, 'logs'),
      referenceServerPath: assets.referenceServer,
      clock,
      signal: interrupt,
    })
    this.#say(`stack up in ${((clock.monotonicUs() - fromUs) / 1e6).toFixed(1)} s: ${stack.mcpUrl}`)
    return stack
  }

  /** What runs already. */
  async #findStack({ places }: Generator): Promise<RunningStack> {
    const { plan, password } = this.#spec
    const { clock, interrupt } = this.#context
    const place = { password, stateDir: places.stateDir, clock }
    const beside = await orInterrupted(
      findBeside(plan, place, (text) => this.#say(`! ${text}`)),
      interrupt,
    )
    return externalStack(plan.stack, beside)
  }

  async #drive(
    engines: Engines | Generator,
    keeper: KeeperClient,
    stack: RunningStack,
    { generator, ...prepared }: Prepared,
  ): Promise<Executed> {
    const { clock, interrupt } = this.#context
    const { plan } = this.#spec
    const bootId = readBootId()
    const found = await this.#findTarget(stack, prepared.tools)
    const target = loadTarget(plan, stack, prepared.prepares, found.url)
    const reads = await this.#readsOf(found, prepared)
    this.#writeRun(engines, { shown: target.shown, era: found.era }, { ...prepared, reads }, bootId)
    generator.open(target.url, found)
    const allReady = orInterrupted(generator.ready, interrupt)
    // conduct() awaits other things first: until then nobody would hear of its rejection, which would end the process.
    allReady.catch(() => undefined)
    await using cleanup = new AsyncDisposableStack()
    const manual = isManual(plan) ? this.#openManual(cleanup) : null
    const end = await conduct({
      manual,
      plan,
      stack: stackView(stack, plan, keeper, clock, join(this.#folder.folder, 'logs'), found),
      load: { ...generator, ready: allReady },
      folder: this.#folder,
      bootId,
      clock,
      faults,
      probeCall: prepared.probeCall,
      ledgerTool: prepared.ledgerTool,
      written: prepared.written,
      runId: this.#runId,
      interrupt,
      onNote: (text) => this.#say(`! ${text}`),
      onStarted: (t0Us) => {
        cleanup.use(
          showProgress({
            plan,
            clock,
            t0Us,
            callsFile: join(this.#folder.folder, 'calls', 'k6-1.ndjson'),
            poolFile: join(this.#folder.folder, 'pool.ndjson'),
            // A live line would write over what a person is asked.
            isTerminal: this.#context.isTerminal && manual === null,
            stderr: this.#context.stderr,
          }),
        )
      },
    })
    return { folder: this.#folder.folder, end }
  }

  async #findTarget(stack: RunningStack, tools: PreparedLoad['tools']): Promise<McpTarget> {
    const { plan, access } = this.#spec
    // Only who speaks MCP can be asked what it speaks.
    if (plan.load.protocol !== undefined) return { ...access, url: stack.mcpUrl, era: null }
    const note = (text: string): void => this.#say(`! ${text}`)
    return await orInterrupted(findTarget({ plan, stack, access, tools, note }), this.#context.interrupt)
  }

  async #readsOf(found: McpTarget, { tools, reads }: PreparedLoad): Promise<ToolReads | null> {
    if (this.#spec.plan.load.protocol !== undefined) return reads
    return await orInterrupted(readsOf(found, tools), this.#context.interrupt)
  }

  /** null: nobody could answer, which has been refused before. */
  #openManual(cleanup: AsyncDisposableStack): ManualMode | null {
    const { drill } = this.#spec.plan
    const { openLines } = this.#context
    if (drill === null || openLines === null) return null
    const script = scriptOf(drill.name) ?? { title: drill.name, steps: [] }
    return manualMode(script, cleanup.use(openLines()), (text) => this.#say(text))
  }

  #startLoad(
    engines: Generator,
    prepared: PreparedLoad,
    workFolder: string,
    mark: Readonly<Record<string, string>>,
  ): Promise<StartedLoad> {
    const { plan } = this.#spec
    const answersPath = join(this.#folder.folder, 'answers', 'k6-1.ndjson')
    const { caFile } = Object.values(plan.stack.nodes).find(({ role }) => role === 'mcp') ?? {}
    return startLoad({
      ...(caFile === undefined ? {} : { caFile }),
      k6Path: engines.k6.path,
      scriptPath: prepared.scriptPath,
      config: generatorConfig(plan.load, {
        seed: plan.seed,
        target: '', // told when the stack is up
        callsPath: join(this.#folder.folder, 'calls', 'k6-1.ndjson'),
        ...(plan.load.protocol === 'sql' ? {} : { answersPath }),
        tools: prepared.tools,
        barrierTimeoutMs,
        garbage: garbagePlan(plan.load, plan.faults, this.#freeBytes),
        index: 0,
      }),
      configPath: join(workFolder, 'k6-1.json'),
      logPath: this.#log('k6-1'),
      processorsMax: generatorProcessors(),
      env: { ...mark, ...generatorEnvironment(this.#runId) },
      clock: this.#context.clock,
    })
  }

  #writeRun(
    engines: Engines | Generator,
    target: Pick<LoadTarget, 'shown'> & Pick<McpTarget, 'era'>,
    prepared: PreparedLoad,
    bootId: string,
  ): void {
    const { plan, advice, out, newestDrill } = this.#spec
    this.#folder.writeRun({
      format: 1,
      id: this.#runId,
      squall: readVersion(),
      startedAt: new Date(this.#context.clock.wallUnixUs() / 1_000).toISOString(),
      plan,
      advice,
      seed: plan.seed,
      target: target.shown,
      bootId,
      versions: {
        squall: readVersion(),
        k6: engines.k6.version,
        ...('postgres' in engines
          ? { toxiproxy: engines.toxiproxy.version, postgres: engines.postgres.version }
          : versionSpoken(plan, target.era)),
        node: process.version,
      },
      environment: {
        ...readEnvironment(),
        ...('postgres' in engines ? { databaseData: engines.places.isDataInMemory ? 'memory' : 'disk' } : {}),
        processors: this.#goesBefore ? 'before other processes' : 'shared with other processes',
      },
      tools: prepared.tools.map((tool) => tool.name),
      ...(prepared.reads === null ? {} : { reads: prepared.reads }),
      commit: this.#commit,
      ...(plan.drill === null
        ? {}
        : { previousDrill: previousDrill(runsFolders(out)), drillScript: scriptOf(plan.drill.name) }),
      ...(newestDrill === undefined ? {} : { newestDrill }),
    })
  }
}

/**
 * Runs a plan that has been checked: sets up what is missing, clears what dead runs left, starts the stack, conducts.
 * @throws SetupError, StackError, KeeperError, LoadError, RecordError (exit 3), Interrupted (130): nothing is left running
 */
export async function execute(context: CliContext, spec: ExecuteSpec): Promise<Executed> {
  const progress = ({ message }: { readonly message: string }) => context.stderr(`${message}\n`)
  const engines = await orInterrupted(
    spec.plan.stack.kind === 'external'
      ? ensureGenerator({ progress, signal: context.interrupt })
      : ensureEngines({
          progress,
          seed: spec.plan.seed,
          withRouter: needsRouter(spec.plan),
          signal: context.interrupt,
        }),
    context.interrupt,
  )
  await clearLeftovers(context, engines.places.stateDir)
  return await new Execution(context, spec).run(engines)
}
