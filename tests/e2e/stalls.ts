import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { type Finding, type Report, type Verdict, worst } from '../../src/domain/verdict.ts'
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
  return rows.map((line) => {
    const [fromUs = 0, toUs = 0] = JSON.parse(line) as readonly number[]
    return { fromUs, toUs }
  })
}

/** Calls that a stall made late may be sent, and answered, for as long after it. */
const afterUs = 1_000_000
/** What stands still for as long makes a pool of 100 full at 250 calls a second, where 70 at most are in use. */
const longUs = 100_000
const timed = /^(?:tool\.latency|tool\.service_time|pool\.(?:used|exhausted|acquire_wait)|recovery)\b/

/**
 * Whether this machine itself stood still in a finding's window, as somebody saw who has nothing to do with Squall, and
 * the finding is what comes of it: the load was not delivered, or the system was slower than its bound.
 */
export function isHeldUp(squall: Pick<SquallProcess, 'text'>, report: Report, finding: Finding): boolean {
  const { window, verdict, reason, measure } = finding
  const isLate = verdict === 'unknown' && reason === 'load_not_delivered'
  const isSlow = verdict === 'fail' && timed.test(measure)
  if (!isLate && !isSlow) return false
  const t0Us = startUs(squall)
  const spans = report.windows.find(({ id }) => id === window)?.spans ?? []
  return stalls().some(
    ({ fromUs, toUs }) =>
      (isLate || toUs - fromUs >= longUs) &&
      spans.some(({ startUs, endUs }) => fromUs - t0Us < endUs && toUs - t0Us + afterUs > startUs),
  )
}

/** `id: why` of each judged finding that is no pass, but for those that this machine held up. */
export function misses(squall: Pick<SquallProcess, 'text'>, report: Report): readonly string[] {
  return report.findings
    .filter((finding) => finding.judged && finding.verdict !== 'pass' && !isHeldUp(squall, report, finding))
    .map(({ id, verdict, why }) => `${verdict} ${id}: ${why}`)
}

const exitCodes = { pass: 0, fail: 1, unknown: 2 } as const

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
