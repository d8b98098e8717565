/**
 * Measures the reference server as the launch gate uses it: 1,000 users, 250 calls/s. Prints its share of a core,
 * latencies, round trips a checkout, and the margin of the gate's latency fault: how many connections are needed when
 * each checkout takes some 170 ms more. About 80 s.
 *
 *     node tests/bench/reference-server.ts
 */
import { readFile } from 'node:fs/promises'
import { Agent } from 'node:http'
import { parse } from 'yaml'
import { prepare } from '../../reference-server/data/prepare.ts'
import { metricValue, send } from '../../reference-server/testing/mcp-client.ts'
import { type ServerProcess, startServerProcess } from '../../reference-server/testing/server-process.ts'
import { startTemporaryPostgres } from '../../reference-server/testing/temporary-postgres.ts'
import { startDelayProxy } from './reference-server-delay.ts'
import { type LoadResult, openUsers } from './reference-server-load.ts'

const users = 1_000
const paceMs = 4_000
const stretchMs = 20_000
const scrapeMs = 250
/** What the fault adds to a checkout in all: that of plans/launch-gate.yaml makes 125 to 175 ms of 5.0 round trips. */
const addedMs = 170
// Linux counts processor time in hundredths of a second (USER_HZ).
const tickMs = 10

async function cpuMs(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * tickMs
}

/** Processor time of the whole machine since it started: in all, and of that idle, in ticks. */
async function machineTicks(): Promise<{ readonly all: number; readonly idle: number }> {
  const [first = ''] = (await readFile('/proc/stat', 'utf8')).split('\n')
  const ticks = first.trim().split(/\s+/).slice(1, 9).map(Number)
  return { all: ticks.reduce((sum, value) => sum + value, 0), idle: Number(ticks[3]) }
}

interface Stretch {
  /** Of one core. */
  readonly cpuShare: number
  /** Of all cores, idle meanwhile: latencies mean little when somebody else kept the machine busy. */
  readonly idleShare: number
  readonly usedMean: number
  readonly usedPeak: number
  readonly pendingPeak: number
  readonly roundTripsMean: number
  readonly scrapeMsP95: number
  readonly load: LoadResult
}

async function measure(server: ServerProcess, load: Promise<LoadResult>): Promise<Stretch> {
  const agent = new Agent({ keepAlive: true })
  const scrape = async () => (await send(agent, `${server.origin}/metrics/pool`, 'GET', {})).text
  const pid = server.child.pid ?? 0
  const [textBefore, cpuBefore, sinceMs] = [await scrape(), await cpuMs(pid), performance.now()]
  const machineBefore = await machineTicks()
  const peaks = { used: 0, pending: 0 }
  const scrapesMs: number[] = []
  let running = true
  const ended = load.finally(() => {
    running = false
  })
  const firstSecond = Math.ceil(metric(textBefore, 'process_uptime_seconds'))
  while (running) {
    const scrapeSinceMs = performance.now()
    const text = await scrape()
    scrapesMs.push(performance.now() - scrapeSinceMs)
    for (const [, what, second, value] of text.matchAll(/_(used|pending)_high_water\{second="(\d+)"\} (\d+)/g)) {
      if (Number(second) < firstSecond) continue
      if (what === 'used') peaks.used = Math.max(peaks.used, Number(value))
      else peaks.pending = Math.max(peaks.pending, Number(value))
    }
    await new Promise((resolve) => setTimeout(resolve, scrapeMs))
  }
  const result = await ended
  const [textAfter, cpuAfter, wallMs] = [await scrape(), await cpuMs(pid), performance.now() - sinceMs]
  const machineAfter = await machineTicks()
  agent.destroy()
  const grown = (name: string) => metric(textAfter, name) - metric(textBefore, name)
  return {
    cpuShare: (cpuAfter - cpuBefore) / wallMs,
    idleShare: (machineAfter.idle - machineBefore.idle) / (machineAfter.all - machineBefore.all),
    usedMean: grown('db_client_connection_use_time_seconds_sum') / (wallMs / 1_000),
    usedPeak: peaks.used,
    pendingPeak: peaks.pending,
    roundTripsMean: grown('db_client_round_trips_total') / grown('db_client_checkouts_total'),
    scrapeMsP95: quantile(scrapesMs, 0.95),
    load: result,
  }
}

/** Processor time of the server for one scrape, in ms, with every tool's series there. */
async function scrapeCostMs(server: ServerProcess, path: string): Promise<number> {
  const agent = new Agent({ keepAlive: true })
  const pid = server.child.pid ?? 0
  const count = 200
  const cpuBefore = await cpuMs(pid)
  for (let i = 0; i < count; i++) await send(agent, `${server.origin}${path}`, 'GET', {})
  const costMs = ((await cpuMs(pid)) - cpuBefore) / count
  agent.destroy()
  return costMs
}

function metric(text: string, name: string): number {
  const value = metricValue(text, name)
  if (value === undefined) throw new Error(`no metric ${name}`)
  return value
}

function quantile(values: readonly number[], q: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(q * values.length)] ?? Number.NaN
}

function print(name: string, { load, ...stretch }: Stretch): void {
  const { latenciesMs } = load
  const row = {
    stretch: name,
    callsPerS: latenciesMs.length / (stretchMs / 1_000),
    latencyMsP50: quantile(latenciesMs, 0.5),
    latencyMsP95: quantile(latenciesMs, 0.95),
    latencyMsP99: quantile(latenciesMs, 0.99),
    ...stretch,
    expected: load.expected,
    failed: load.failed.length,
    wrong: load.wrong.length,
  }
  const rounded = Object.entries(row).map(([key, value]) => [
    key,
    typeof value === 'number' ? Number(value.toPrecision(3)) : value,
  ])
  process.stdout.write(`${JSON.stringify(Object.fromEntries(rounded))}\n`)
  for (const text of [...new Set([...load.wrong, ...load.failed])].slice(0, 5)) process.stdout.write(`  ${text}\n`)
}

async function presetOf(name: string): Promise<Record<string, string>> {
  const file = new URL(`../../plans/presets/${name}.yaml`, import.meta.url)
  const preset: { server: { env: Record<string, unknown> } } = parse(await readFile(file, 'utf8'))
  return Object.fromEntries(Object.entries(preset.server.env).map(([key, value]) => [key, String(value)]))
}

await using database = await startTemporaryPostgres(130)
const prepareSinceMs = performance.now()
await prepare(database.url, 42)
process.stdout.write(`${JSON.stringify({ prepareMs: Math.round(performance.now() - prepareSinceMs) })}\n`)
await using proxy = await startDelayProxy(database.port)
const proxied = database.url.replace(`:${database.port}/`, `:${proxy.port}/`)
for (const preset of process.argv[2]?.split(',') ?? ['remediated', 'as-assessed']) {
  proxy.delayMs = 0
  await using server = await startServerProcess({ ...(await presetOf(preset)), DATABASE_URL: proxied })
  const crowd = await openUsers(server.url, users)
  await crowd.run(paceMs, stretchMs / 4)
  const calm = await measure(server, crowd.run(paceMs, stretchMs))
  print(`${preset}, no delay`, calm)
  proxy.delayMs = Math.round(addedMs / calm.roundTripsMean)
  print(`${preset}, +${proxy.delayMs} ms a round trip`, await measure(server, crowd.run(paceMs, stretchMs)))
  crowd.close()
  const costs = { all: await scrapeCostMs(server, '/metrics'), pool: await scrapeCostMs(server, '/metrics/pool') }
  process.stdout.write(`${JSON.stringify({ scrapeCpuMs: costs })}\n`)
}
