/**
 * A harness for tests that end it by force: `node stack-stand-in.ts DIR STATE_DIR RUN_ID`. It starts a keeper and a
 * stack, has faults act on the link and the database, starts a process of its own, tells what there is on one line, and waits.
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { faultApplication, faultSettings, NotPossibleHere } from '../../src/domain/node-control.ts'
import { startKeeper } from '../../src/keeper/client.ts'
import { readProcess } from '../../src/keeper/process-table.ts'
import { systemClock } from '../../src/record/clock.ts'
import { ensureEngines } from '../../src/setup/engines.ts'
import { startLocalStack } from '../../src/stack/local/local-stack.ts'
import { controlNode } from '../../src/stack/node-control.ts'
import { connectToxiproxy } from '../../src/stack/toxiproxy.ts'
import { referenceServerPath, stackPlan } from './stack-setting.ts'
import { tracesOf } from './stack-traces.ts'

const [dir = '', stateDir = '', runId = ''] = process.argv.slice(2)
const logsDir = join(dir, 'logs', runId)
const stateFolder = join(stateDir, 'runs', runId)
const engines = await ensureEngines()
const keeper = await startKeeper({ stateFolder, logPath: join(logsDir, 'keeper.log') })
const stack = await startLocalStack({
  stack: stackPlan({ primary: { ownDisk: true } }),
  engines: { ...engines, places: { ...engines.places, dataDir: join(stateDir, 'data') } },
  keeper,
  runId,
  logsDir,
  referenceServerPath,
  clock: systemClock,
})
// Stands for k6: started by the harness itself, deaf to a polite request.
const own = spawn('sh', ['-c', 'trap "" TERM; while :; do sleep 0.2; done'], {
  stdio: 'ignore',
  env: { PATH: process.env.PATH, ...keeper.mark },
})
await keeper.adopt('k6', own.pid ?? 0)
for (const { id, apiUrl, proxyName, host, port, upstream, processName } of stack.links.values()) {
  const proxy = { name: proxyName, listen: `${host}:${port}`, upstream }
  await keeper.recordUndo(`slow-${id}`, { kind: 'toxiproxy', apiUrl, process: processName ?? '', proxy })
  await connectToxiproxy(apiUrl, systemClock).addToxic(proxyName, {
    name: 'slow',
    type: 'latency',
    stream: 'downstream',
    toxicity: 1,
    attributes: { latency: 5_000, jitter: 0 },
  })
}
const primary = stack.nodes.get('primary')
if (primary === undefined) throw new Error('no primary')
// The worst of all: a lock held in a database whose disk is full, and that then stands still.
const control = controlNode(primary, stack, keeper, 'frozen', systemClock, () => undefined)
await keeper.recordUndo('frozen', {
  kind: 'database',
  url: primary.url,
  application: faultApplication('frozen'),
  settings: faultSettings,
  process: 'primary',
  mark: { pid: primary.pid ?? 0, startTicks: readProcess(primary.pid ?? 0)?.startTicks ?? '' },
  ...(primary.disk === null ? {} : { disk: primary.disk }),
})
await control.database?.hold(['begin', 'lock table customers in access exclusive mode'], 'superuser')
await control.fillDisk().catch((error: unknown) => {
  if (!(error instanceof NotPossibleHere)) throw error
})
const traces = tracesOf(stack, keeper.pid, stateFolder, join(stateDir, 'data', runId))
await control.signal('SIGSTOP')
const ownMark = readProcess(own.pid ?? 0)
process.stdout.write(
  `${JSON.stringify({ ...traces, processes: [...traces.processes, ownMark], keeperPid: keeper.pid })}\n`,
)
setInterval(() => undefined, 60_000)
