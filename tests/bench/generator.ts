/**
 * What our scenario costs the generator: calls/s of 1,000 users without pace through our whole path (schedule, codec,
 * classifier, check, record) against a minimal k6 script that posts the same bytes and checks the answer's id, over
 * the same k6 and the same bare echo server. The two take turns, so that other work on the machine falls on both.
 *
 *     node tests/bench/generator.ts [pairs]
 *
 * Ends with 1 when a bound is missed.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { bundleWorkload } from '../../src/load/bundle.ts'
import type { GeneratorConfig } from '../../src/load/generator-config.ts'
import { startLoad } from '../../src/load/start.ts'
import { workloadFile } from '../../src/load/workload.ts'
import { ensureK6 } from '../../src/setup/k6.ts'
import { settingOf } from '../../src/setup/setting.ts'

const users = 1_000
const settleMs = 1_000
const windowMs = 5_000
/** Both sides are ended after the window; this only bounds a run that nobody ends. */
const longestMs = 60_000
const bounds = { ratioMin: 0.9, memoryMbMax: 0.6, bytesMax: 80 }

interface Side {
  readonly callsPerS: number
  /** Processor time of k6 for each call, which other work on the machine disturbs least. */
  readonly cpuUs: number
  /** Peak resident memory of k6 by user. */
  readonly memoryMb: number
}

const { path: k6Path } = await ensureK6(settingOf({ progress: ({ message }) => console.error(message) }))
const pairs = Number(process.argv[2] ?? 10)
const folder = mkdtempSync(join(tmpdir(), 'squall-bench-'))
const echo = await startEcho()
try {
  process.exitCode = (await compare()) ? 0 : 1
} finally {
  echo.stop()
  rmSync(folder, { recursive: true })
}

async function compare(): Promise<boolean> {
  const script = join(folder, 'scenario.js')
  await bundleWorkload(workloadFile('echo'), script)
  const plain = join(folder, 'plain.js')
  writeFileSync(plain, plainScript(echo.url))
  const ratios: number[] = []
  const cpuRatios: number[] = []
  let memoryMb = 0
  let bytesACall = 0
  for (let pair = 1; pair <= pairs; pair++) {
    const theirs = await runPlain(plain)
    const ours = await runOurs(script, pair)
    ratios.push(ours.callsPerS / theirs.callsPerS)
    cpuRatios.push(ours.cpuUs / theirs.cpuUs)
    memoryMb = Math.max(memoryMb, ours.memoryMb)
    bytesACall = Math.max(bytesACall, ours.bytesACall)
    console.log(
      `pair ${pair}: plain ${told(theirs)}; ours ${told(ours)}; ratio of calls/s ${ratios.at(-1)?.toFixed(3)}`,
    )
  }
  const ratio = median(ratios)
  console.log(`median ratio ${ratio.toFixed(3)} of ${pairs} pairs (>= ${bounds.ratioMin})`)
  console.log(`k6's processor time a call, median ratio ${median(cpuRatios).toFixed(3)} (information)`)
  console.log(`peak memory ${memoryMb.toFixed(2)} MB a user (<= ${bounds.memoryMbMax})`)
  console.log(`calls stream ${bytesACall.toFixed(1)} bytes a call (<= ${bounds.bytesMax})`)
  return ratio >= bounds.ratioMin && memoryMb <= bounds.memoryMbMax && bytesACall <= bounds.bytesMax
}

function told(side: Side): string {
  return `${side.callsPerS.toFixed(0)} calls/s, ${side.cpuUs.toFixed(0)} µs of processor a call, ${side.memoryMb.toFixed(2)} MB a user`
}

/** One call an iteration, as a k6 script is usually written, with the session headers that our calls carry. */
function plainScript(url: string): string {
  return `import http from 'k6/http'
const url = ${JSON.stringify(url)}
const params = { headers: {
  'Content-Type': 'application/json', Accept: 'application/json, text/event-stream',
  'MCP-Protocol-Version': '2025-11-25', 'Mcp-Session-Id': 'echo',
} }
export const options = { systemTags: [], scenarios: { users: {
  executor: 'constant-vus', vus: ${users}, duration: '${longestMs / 1_000}s', gracefulStop: '0s',
} } }
let count = 0
export default function () {
  const id = __VU + '-' + ++count
  const body = JSON.stringify({ jsonrpc: '2.0', method: 'tools/call',
    params: { name: 'echo', arguments: { text: 'hello', number: Math.floor(Math.random() * 1000) } }, id })
  if (JSON.parse(http.post(url, body, params).body).id !== id) throw new Error('another answer')
}
`
}

async function runPlain(script: string): Promise<Side> {
  const quiet = ['--quiet', '--no-usage-report', '--no-thresholds', '--summary-mode=disabled', '--address=']
  const child = spawn(k6Path, ['run', ...quiet, script], { stdio: ['ignore', 'ignore', 'ignore'] })
  const side = await watch(child.pid)
  child.kill('SIGTERM')
  await exitOf(child)
  return side
}

async function runOurs(script: string, pair: number): Promise<Side & { bytesACall: number }> {
  const callsPath = join(folder, `calls-${pair}.ndjson`)
  const config: GeneratorConfig = {
    instance: 'k6-1',
    seed: pair,
    callsPath,
    answersPath: join(folder, `answers-${pair}.ndjson`),
    users: { first: 0, count: users },
    paceMs: 0,
    drainMs: 1_000,
    callTimeoutMs: 35_000,
    barrierTimeoutMs: 30_000,
    tools: [{ name: 'echo', weight: 1 }],
    phases: [{ id: 'all', startMs: 0, endMs: longestMs, usersFrom: users, usersTo: users }],
    target: echo.url,
    with: {},
  }
  await using load = await startLoad({
    k6Path,
    scriptPath: script,
    config,
    configPath: join(folder, 'load.json'),
    logPath: join(folder, 'k6.log'),
    env: {},
    processorsMax: availableParallelism(), // as the plain script has them
    clock: { sleep: (ms, signal) => sleep(ms, undefined, signal && { signal }).catch(() => undefined) },
  })
  const { without, why } = await load.ready
  if (without > 0) throw new Error(`${without} users have no session: ${why}`)
  load.go(Number(process.hrtime.bigint() / 1_000n))
  const side = await watch(load.pid)
  load.stop()
  const end = await load.ended
  if (end.reason !== 'stopped' || end.rows === null) throw new Error(`our run ended ${JSON.stringify(end)}`)
  const rows = countRight(callsPath)
  if (rows.wrong > 0) throw new Error(`${rows.wrong} of ${end.rows} calls were not ok: ${rows.example}`)
  const bytesACall = statSync(callsPath).size / end.rows
  rmSync(callsPath)
  return { ...side, bytesACall }
}

/** Counts rows that are not `ok`: a path that is fast because it fails is no result. Cut calls are the end's doing. */
function countRight(callsPath: string): { wrong: number; example: string } {
  const wrong = readFileSync(callsPath, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('[') && !/,0,null\]$/.test(line))
  return { wrong: wrong.length, example: wrong[0] ?? 'none' }
}

/** Calls a second by the server's own count, after the first calls have settled. */
async function watch(pid: number | undefined): Promise<Side> {
  if (pid === undefined) throw new Error('k6 did not start')
  const before = await echo.count()
  for (let waitedMs = 0; (await echo.count()) <= before + users; waitedMs += 50) {
    if (waitedMs > 20_000) throw new Error('no calls within 20 s')
    await sleep(50)
  }
  await sleep(settleMs)
  const startedMs = performance.now()
  const first = await echo.count()
  const firstCpuUs = cpuUsOf(pid)
  await sleep(windowMs)
  const last = await echo.count()
  const cpuUs = (cpuUsOf(pid) - firstCpuUs) / (last - first)
  const callsPerS = ((last - first) * 1_000) / (performance.now() - startedMs)
  const peakKb = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  if (peakKb === undefined) throw new Error('no peak memory in /proc')
  return { callsPerS, cpuUs, memoryMb: Number(peakKb) / 1_024 / users }
}

/** User and system time of a process so far: fields 14 and 15 of /proc/PID/stat, in ticks of 10 ms. */
function cpuUsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')
  return (Number(fields?.[11]) + Number(fields?.[12])) * 10_000
}

async function startEcho() {
  const file = fileURLToPath(new URL('generator-echo.ts', import.meta.url))
  const child = spawn(process.execPath, [file], { stdio: ['pipe', 'pipe', 'inherit'] })
  const [port] = await once(child.stdout, 'data')
  const url = `http://127.0.0.1:${String(port).trim()}/mcp`
  return {
    url,
    count: async () => Number(await (await fetch(url)).text()),
    stop: () => child.stdin.end(),
  }
}

async function exitOf(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]]
  if (low === undefined || high === undefined) throw new Error('no pairs')
  return (low + high) / 2
}
