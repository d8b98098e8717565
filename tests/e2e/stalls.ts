import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { type Finding, type Report, type Verdict, worst } from '../../src/domain/verdict.ts'
import { lateMs, lateRatioMax } from '../../src/measure/gates.ts'
import type { SquallProcess } from './squall-process.ts'

/** How long a processor of this machine stood still; µs of CLOCK_MONOTONIC. */
export interface Stall {
  readonly fromUs: number
  readonly toUs: number
}

const variable = 'SQUALL_STALLS'
const clock = fileURLToPath(new URL('./stall-clock.ts', import.meta.url))

/**
 * Watches each processor until disposed of, and writes to `file`. Where the machine lets nobody go before ordinary
 * processes, nothing is watched: then the file stays empty and no test is excused.
 */
export function watchStalls(file: string): AsyncDisposable {
  process.env[variable] = file
  const output = openSync(file, 'a')
  const children = Array.from({ length: availableParallelism() }, (_, processor) => {
    const argv = ['-c', String(processor), 'chrt', '--fifo', '1', process.execPath, clock]
    const child = spawn('taskset', argv, { stdio: ['ignore', output, 'ignore'] })
    child.on('error', () => undefined)
    return child
  })
  closeSync(output)
  return {
    async [Symbol.asyncDispose]() {
      const running = children.filter(
        ({ pid, exitCode, signalCode }) => pid !== undefined && exitCode === null && signalCode === null,
      )
      delete process.env[variable]
      await Promise.all(
        running.map(async (child) => {
          child.kill('SIGKILL')
          await once(child, 'exit')
        }),
      )
    },
  }
}

/** Those seen so far by the watch that the tests were started with. */
export function stalls(file = process.env[variable]): readonly Stall[] {
  if (file === undefined || !existsSync(file)) return []
  const rows = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('['))
  const seen = rows.map((line) => {
    const [fromUs = 0, toUs = 0] = JSON.parse(line) as readonly number[]
    return { fromUs, toUs }
  })
  return joined(seen.sort((a, b) => a.fromUs - b.fromUs))
}

/** What several processors saw at one time is one stall. */
function joined(sorted: readonly Stall[]): readonly Stall[] {
  const all: Stall[] = []
  for (const stall of sorted) {
    const last = all.at(-1)
    if (last === undefined || stall.fromUs > last.toUs) all.push(stall)
    else all.splice(-1, 1, { fromUs: last.fromUs, toUs: Math.max(last.toUs, stall.toUs) })
  }
  return all
}

/** Calls that a stall made late may be sent, and answered, for as long after it. */
const afterUs = 1_000_000
/** In such a time 15 calls more are due at 250 a second, by which the gate's pool peaks below its bound at most (targets.md). */
const crowdUs = 60_000
/** What was held up is caught up with in about the same time: so many times the stall calls are late. */
const lateTimes = 2

/**
 * Whether a stall of this machine, seen by somebody who has nothing to do with Squall, explains a finding in whose window
 * it was: load that came late, where stalls made as much of it late as that needs; and the highest mark of a pool, which a
 * moment can set. No other miss is excused.
 */
export function isHeldUp(squall: Pick<SquallProcess, 'text'>, report: Report, finding: Finding): boolean {
  const { verdict, reason, measure } = finding
  const isLate = verdict === 'unknown' && reason === 'load_not_delivered'
  const isCrowd = verdict === 'fail' && measure === 'pool.used.peak_ratio'
  if (!isLate && !isCrowd) return false
  const spans = report.windows.find(({ id }) => id === finding.window)?.spans ?? []
  const t0Us = startUs(squall)
  const heldUs = stalls()
    .filter(({ fromUs, toUs }) =>
      spans.some(({ startUs, endUs }) => fromUs - t0Us < endUs && toUs - t0Us + afterUs > startUs),
    )
    .map(({ fromUs, toUs }) => toUs - fromUs)
    .filter((us) => us > lateMs * 1_000)
  if (isCrowd) return heldUs.some((us) => us >= crowdUs)
  const lastedUs = spans.reduce((sum, span) => sum + span.endUs - span.startUs, 0)
  const lateUs = lateTimes * heldUs.reduce((sum, us) => sum + us, 0)
  return lateUs > lateRatioMax * lastedUs
}

/** `id: why` of each judged finding that is no pass, but for those that this machine held up. */
export function misses(squall: Pick<SquallProcess, 'text'>, report: Report): readonly string[] {
  return report.findings
    .filter((finding) => finding.judged && finding.verdict !== 'pass' && !isHeldUp(squall, report, finding))
    .map(({ id, verdict, why }) => `${verdict} ${id}: ${why}`)
}

export const exitCodes = { pass: 0, fail: 1, unknown: 2 } as const

/** How a healthy system's run must end: as `pass`, with 0, but for what this machine held up. */
export function healthyEnd(
  squall: Pick<SquallProcess, 'text'>,
  report: Report,
): { exitCode: number; verdict: Verdict } {
  const heldUp = report.findings.filter((finding) => finding.judged && isHeldUp(squall, report, finding))
  const verdict = worst(['pass', ...heldUp.map((finding) => finding.verdict)])
  return { exitCode: exitCodes[verdict], verdict }
}

/** The run's time 0, µs of CLOCK_MONOTONIC. */
function startUs(squall: Pick<SquallProcess, 'text'>): number {
  const rows = squall.text('timeline.ndjson').split('\n')
  const row = rows.find((line) => line.startsWith('[0,"t0"'))
  if (row === undefined) throw new Error('the timeline does not tell when the run began')
  return (JSON.parse(row) as [number, string, null, { monotonicUs: number }])[3].monotonicUs
}
