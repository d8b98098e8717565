import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { drills } from '../../chaos/drills/registry.ts'
import { faults } from '../../chaos/faults/registry.ts'
import { type ConductEnd, conduct } from '../conduct/conduct.ts'
import type { NewestDrill } from '../domain/past-drill.ts'
import { type Advice, needsRouter, type Plan } from '../domain/plan.ts'
import { type KeeperClient, startKeeper } from '../keeper/client.ts'
import { joinCpuGroup } from '../keeper/cpu-groups.ts'
import type { LedgerTool } from '../ledger/start.ts'
import { bundleWorkload } from '../load/bundle.ts'
import { generatorConfig } from '../load/generator-config.ts'
import { type StartedLoad, startLoad } from '../load/start.ts'
import { loadWorkload, type WeightedTool, weightedTools, workloadFile } from '../load/workload.ts'
import type { DrillScript } from '../record/reader.ts'
import { RunFolderWriter } from '../record/writer.ts'
import { type Engines, ensureEngines } from '../setup/engines.ts'
import { startLocalStack } from '../stack/local/local-stack.ts'
import type { RunningStack } from '../stack/running-stack.ts'
import { assets } from './assets.ts'
import type { CliContext } from './context.ts'
import { readBootId, readCommit, readEnvironment, readVersion } from './environment.ts'
import { orInterrupted } from './interrupt.ts'
import { clearLeftovers } from './leftovers.ts'
import { previousDrill, runsFolders } from './past-drills.ts'
import { generatorProcessors, prefer } from './priority.ts'
import { probeCallOf } from './probe-call.ts'
import { showProgress } from './progress.ts'
import { stackView } from './stack-view.ts'

export interface ExecuteSpec {
  readonly plan: Plan
  readonly advice: readonly Advice[]
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
const barrierTimeoutMs = 60_000

function newRunId(planName: string, wallUnixUs: number): string {
  const time = new Date(wallUnixUs / 1_000).toISOString().replaceAll(/[-:]/g, '').slice(0, 15)
  // Two runs may begin in one second.
  return `${time}-${planName}-${randomBytes(2).toString('hex')}`
}

interface PreparedLoad {
  readonly ledgerTool: LedgerTool | null
  readonly tools: readonly WeightedTool[]
  readonly scriptPath: string
  readonly probeCall: { readonly tool: string; readonly arguments: object } | null
}

interface Prepared extends PreparedLoad, AsyncDisposable {
  readonly generator: StartedLoad
}

async function prepareLoad(plan: Plan, workFolder: string): Promise<PreparedLoad> {
  const file = workloadFile(plan.load.workload)
  const workload = await loadWorkload(file)
  const scriptPath = join(workFolder, 'workload.js')
  await bundleWorkload(file, scriptPath)
  return {
    tools: weightedTools(workload, plan.load.with),
    scriptPath,
    probeCall: probeCallOf(workload),
    ledgerTool: workload.ledger ?? null,
  }
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

  constructor(context: CliContext, spec: ExecuteSpec) {
    this.#context = context
    this.#spec = spec
    const { plan, out } = spec
    this.#runId = newRunId(plan.name, context.clock.wallUnixUs())
    const folder = out === null ? join(assets.runs, this.#runId) : resolve(out)
    this.#folder = RunFolderWriter.create(folder, context.clock)
  }

  #say(text: string): void {
    this.#context.stderr(`${text}\n`)
  }

  #log(name: string): string {
    return join(this.#folder.folder, 'logs', `${name}.log`)
  }

  async run(engines: Engines): Promise<Executed> {
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
    const preparing = this.#prepare(engines, keeper, workFolder)
    preparing.catch(() => undefined)
    const starting = this.#startStack(engines, keeper)
    try {
      await using stack = await starting
      await using ready = await orInterrupted(preparing, this.#context.interrupt)
      return await this.#drive(engines, keeper, stack, ready)
    } finally {
      // Whichever of the two came too late for its release above is released here.
      await preparing.then((late) => late[Symbol.asyncDispose]()).catch(() => undefined)
    }
  }

  async #prepare(engines: Engines, keeper: KeeperClient, workFolder: string): Promise<Prepared> {
    const load = await prepareLoad(this.#spec.plan, workFolder)
    await using cleanup = new AsyncDisposableStack()
    const generator = cleanup.use(await this.#startLoad(engines, load, workFolder, keeper.mark))
    await keeper.adopt('k6', generator.pid)
    prefer(generator.pid)
    const release = cleanup.move()
    return { ...load, generator, [Symbol.asyncDispose]: () => release.disposeAsync() }
  }

  async #startStack(engines: Engines, keeper: KeeperClient): Promise<RunningStack> {
    const { clock, interrupt } = this.#context
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

  async #drive(
    engines: Engines,
    keeper: KeeperClient,
    stack: RunningStack,
    { generator, ...prepared }: Prepared,
  ): Promise<Executed> {
    const { clock, interrupt } = this.#context
    const { plan } = this.#spec
    const bootId = readBootId()
    this.#writeRun(engines, stack, prepared, bootId)
    generator.open(stack.mcpUrl)
    const allReady = orInterrupted(generator.ready, interrupt)
    // conduct() awaits other things first: until then nobody would hear of its rejection, which would end the process.
    allReady.catch(() => undefined)
    await using cleanup = new AsyncDisposableStack()
    const end = await conduct({
      plan,
      stack: stackView(stack, plan, keeper, clock),
      load: { ...generator, ready: allReady },
      folder: this.#folder,
      bootId,
      clock,
      faults,
      probeCall: prepared.probeCall,
      ledgerTool: prepared.ledgerTool,
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
            isTerminal: this.#context.isTerminal,
            stderr: this.#context.stderr,
          }),
        )
      },
    })
    return { folder: this.#folder.folder, end }
  }

  #startLoad(
    engines: Engines,
    prepared: PreparedLoad,
    workFolder: string,
    mark: Readonly<Record<string, string>>,
  ): Promise<StartedLoad> {
    const { plan } = this.#spec
    return startLoad({
      k6Path: engines.k6.path,
      scriptPath: prepared.scriptPath,
      config: generatorConfig(plan.load, {
        seed: plan.seed,
        target: '', // told when the stack is up
        callsPath: join(this.#folder.folder, 'calls', 'k6-1.ndjson'),
        tools: prepared.tools,
        barrierTimeoutMs,
        index: 0,
      }),
      configPath: join(workFolder, 'k6-1.json'),
      logPath: this.#log('k6-1'),
      processorsMax: generatorProcessors(),
      env: mark,
      clock: this.#context.clock,
    })
  }

  #writeRun(engines: Engines, stack: RunningStack, prepared: PreparedLoad, bootId: string): void {
    const { plan, advice, out, newestDrill } = this.#spec
    this.#folder.writeRun({
      format: 1,
      id: this.#runId,
      squall: readVersion(),
      startedAt: new Date(this.#context.clock.wallUnixUs() / 1_000).toISOString(),
      plan,
      advice,
      seed: plan.seed,
      target: stack.mcpUrl,
      bootId,
      versions: {
        squall: readVersion(),
        k6: engines.k6.version,
        toxiproxy: engines.toxiproxy.version,
        postgres: engines.postgres.version,
        node: process.version,
      },
      environment: {
        ...readEnvironment(),
        databaseData: engines.places.isDataInMemory ? 'memory' : 'disk',
        processors: this.#goesBefore ? 'before other processes' : 'shared with other processes',
      },
      tools: prepared.tools.map((tool) => tool.name),
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
    ensureEngines({ progress, seed: spec.plan.seed, withRouter: needsRouter(spec.plan), signal: context.interrupt }),
    context.interrupt,
  )
  await clearLeftovers(context, engines.places.stateDir)
  return await new Execution(context, spec).run(engines)
}
