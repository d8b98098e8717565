/**
 * How long it takes, and how much memory, to read and judge and render a run of 1,000,000 calls: 1 h of 1,000 users
 * with 54 tools and three faults. Run by hand: node tests/bench/report.ts. Ends with code 1 over 10 s or 512 MB.
 */
import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { outcomes } from '../../src/domain/outcome.ts'
import type { Series } from '../../src/domain/series.ts'
import type { Report } from '../../src/domain/verdict.ts'
import { judgeRun } from '../../src/judge/judge-run.ts'
import { poolOf, randomOf, timelineOf } from '../../src/measure/testing/calm-run.ts'
import { withFolder, writeRun } from '../../src/measure/testing/generated-run.ts'
import { faultOf, launchObjectives, objectiveOf, planOf } from '../../src/measure/testing/plan-of.ts'
import { readRunFolder } from '../../src/record/reader.ts'

const calls = 1_000_000
const users = 1_000
const lengthS = 3_600
const secondsMax = 10
const mebibytesMax = 512
const tools = Array.from({ length: 54 }, (_, number) => `tool_${number}`)

const base = planOf()
const plan = planOf({
  load: {
    ...base.load,
    paceMs: (1000 * lengthS * users) / calls,
    phases: [{ id: 'steady', startMs: 0, endMs: lengthS * 1000, usersFrom: users, usersTo: users, judged: true }],
  },
  faults: ['first', 'second', 'third'].map((id, at) =>
    faultOf({ id, startMs: 600_000 * (at + 1), forMs: 60_000, recoveryMs: 60_000 }),
  ),
  objectives: [
    ...launchObjectives,
    ...['first', 'second', 'third'].map((id) =>
      objectiveOf(`${id}-back`, 'recovery.after_heal', `${id}.recovery`, { max: 30_000 }),
    ),
    objectiveOf('each', 'tool.latency.p95', 'steady.clear', { max: 500 }, { where: { tool: '*' }, judged: false }),
    objectiveOf('peak', 'pool.used.peak_ratio', 'steady.clear', { max: 0.85 }),
  ],
})

/** Calls as the generator writes them: a row each, in order of their ends, with a beat each second. */
function writeCalls(path: string): void {
  const random = randomOf(1)
  const file = openSync(path, 'w')
  const columns = ['user', 'tool', 'intended', 'ready', 'started', 'ended', 'outcome', 'detail']
  const clock = { monotonicUs: 1, wallUnixUs: 1 }
  const header = { stream: 'calls', version: 1, instance: 'k6-1', columns, outcomes, bootId: 'boot-1', clock }
  const lines = [
    JSON.stringify(header),
    ...tools.map((tool, number) => JSON.stringify({ dict: ['tool', number, tool] })),
  ]
  lines.push(JSON.stringify({ dict: ['error', 0, 'no database connection became free'] }))
  const stepUs = (lengthS * 1_000_000) / calls
  for (let call = 0; call < calls; call++) {
    const intendedUs = Math.floor(call * stepUs)
    const startedUs = intendedUs + Math.floor(random() * 900)
    const slow = intendedUs % 600_000_000 < 60_000_000 && intendedUs > 600_000_000
    const endedUs = startedUs + Math.floor((slow ? 200_000 : 6_000) * (0.5 + random()))
    const failed = random() < 0.001
    if (Math.floor(intendedUs / 1e6) !== Math.floor((intendedUs - stepUs) / 1e6))
      lines.push(JSON.stringify({ beat: [intendedUs, call, 0, null] }))
    lines.push(
      `[${call % users},${call % tools.length},${intendedUs},${intendedUs},${startedUs},${endedUs},${failed ? 5 : 0},${failed ? 0 : null}]`,
    )
    if (lines.length > 10_000) writeSync(file, `${lines.splice(0).join('\n')}\n`)
  }
  lines.push(JSON.stringify({ end: { t: lengthS * 1_000_000, rows: calls, reason: 'planned' } }))
  writeSync(file, `${lines.join('\n')}\n`)
  closeSync(file)
}

function generate(folder: string): void {
  const endUs = lengthS * 1_000_000
  const timeline = [
    ...timelineOf(plan).filter(([, kind]) => kind !== 'load' && kind !== 'end'),
    [endUs + 100_000, 'load', 'k6-1', { edge: 'end', reason: 'planned' }] as const,
    [endUs + 7_000_000, 'end', null, { reason: 'planned' }] as const,
  ]
  const pool = poolOf({
    used: (ms) => 12 + (Math.floor(ms / 250) % 7),
    toMs: lengthS * 1000 + 7_000,
    sample: (row) => ({ ...row, uptimeS: row.tUs / 1e6 + 10, usedHigh: [[Math.floor(row.tUs / 1e6) + 9, 20]] }),
  })
  writeRun(folder, { plan, timeline, pool, tools })
  mkdirSync(join(folder, 'calls'))
  writeCalls(join(folder, 'calls', 'k6-1.ndjson'))
}

type Render = (report: Report, series: Series) => ReadonlyMap<string, string>

async function rendererOf(): Promise<Render | null> {
  const path = fileURLToPath(new URL('../../reports/render.ts', import.meta.url))
  if (!existsSync(path)) return null
  const module: unknown = await import(pathToFileURL(path).href)
  return (module as { renderAll: Render }).renderAll
}

async function judge(folder: string): Promise<boolean> {
  const renderAll = await rendererOf()
  const seconds = (sinceMs: number): number => (performance.now() - sinceMs) / 1000
  const startMs = performance.now()
  const run = readRunFolder(folder)
  const readS = seconds(startMs)
  const { report, series } = judgeRun(run)
  const judgedS = seconds(startMs)
  const sizes = [...(renderAll?.(report, series) ?? [])].map(
    ([file, text]) => `${file} ${Math.round(Buffer.byteLength(text) / 1024)} KiB`,
  )
  const allS = seconds(startMs)
  const mebibytes = process.resourceUsage().maxRSS / 1024
  console.log(
    `${run.calls?.table.count} calls: read ${readS.toFixed(2)} s, judged ${(judgedS - readS).toFixed(2)} s, rendered ${(allS - judgedS).toFixed(2)} s`,
  )
  console.log(
    `in all ${allS.toFixed(2)} s (at most ${secondsMax}), peak ${mebibytes.toFixed(0)} MiB (at most ${mebibytesMax}); verdict ${report.verdict}, ${report.findings.length} findings`,
  )
  if (sizes.length > 0) console.log(sizes.join(', '))
  return allS <= secondsMax && mebibytes <= mebibytesMax && run.calls?.table.count === calls
}

const [, script = '', folder] = process.argv
if (folder === undefined) {
  // Judged in a process of its own, so that what generating took does not count.
  withFolder((made) => {
    generate(made)
    const child = spawnSync(process.execPath, [script, made], { stdio: 'inherit', timeout: 120_000 })
    process.exitCode = child.status ?? 1
  })
} else process.exitCode = (await judge(folder)) ? 0 : 1
