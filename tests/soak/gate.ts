/**
 * The gate, again and again: `node tests/soak/gate.ts [times]` (20 unless told). Each round runs `gate --quick` with the
 * remediated server, which must pass, and `as-assessed`, which must fail because its pool exhausts under latency; every
 * second round while another process burns a core. Prints each result with its headroom; ends with 1 unless all are
 * right.
 */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Finding, Report } from '../../src/domain/verdict.ts'
import { SquallProcess } from '../e2e/squall-process.ts'

const times = Number(process.argv[2] ?? '20')
const burner = fileURLToPath(new URL('burn.ts', import.meta.url))

interface Round {
  readonly right: boolean
  readonly text: string
}

function shownValue(report: Report, id: string): string {
  const measured = report.findings.find((finding) => finding.id === id)?.measured
  if (!measured || measured.kind === 'none') return 'none'
  const { kind, value, unit } = measured
  const shown = typeof value === 'number' ? String(Math.round(value * 100) / 100) : String(value)
  return `${kind === 'atLeast' ? '>=' : ''}${shown} ${unit}`
}

function wrong(findings: readonly Finding[]): string {
  const bad = findings.filter(({ judged, verdict }) => judged && verdict !== 'pass')
  return bad.map(({ id, verdict, why }) => `\n      ${verdict} ${id}: ${why}`).join('')
}

async function gate(plan: string): Promise<{ exitCode: number | null; report: Report; seconds: number }> {
  using squall = new SquallProcess(['gate', plan, '--quick', '--out', '{out}'])
  const fromMs = performance.now()
  const exitCode = await squall.exitCode()
  return { exitCode, report: squall.report(), seconds: (performance.now() - fromMs) / 1_000 }
}

async function remediated(): Promise<Round> {
  const { exitCode, report, seconds } = await gate('launch-gate')
  const headroom = [
    `pool peak ${shownValue(report, 'latency-pool-peak')} of 0.85`,
    `p95 ${shownValue(report, 'latency-p95')} of 5000 ms`,
    `connections ${shownValue(report, 'latency-connections')} of 94`,
    ...['latency', 'reset', 'down', 'black-hole'].map(
      (id) => `back from ${id} ${shownValue(report, `${id}-recovered`)}`,
    ),
  ]
  const right = exitCode === 0 && report.verdict === 'pass'
  const why = right ? '' : wrong(report.findings)
  return { right, text: `launch-gate exit ${exitCode} in ${seconds.toFixed(0)} s: ${headroom.join(', ')}${why}` }
}

async function asAssessed(): Promise<Round> {
  const { exitCode, report, seconds } = await gate('as-assessed')
  const exhausted = report.findings.find(({ id }) => id === 'latency-pool-exhausted')
  const right = exitCode === 1 && exhausted?.verdict === 'fail'
  const text = `as-assessed exit ${exitCode} in ${seconds.toFixed(0)} s: pool exhausted under latency: ${exhausted?.verdict}, p95 ${shownValue(report, 'latency-p95')}`
  return { right, text }
}

let wrongs = 0
for (let round = 1; round <= times; round += 1) {
  const burns = round % 2 === 0
  const burning = burns ? spawn(process.execPath, [burner], { stdio: 'ignore', detached: true }) : null
  try {
    for (const act of [remediated, asAssessed]) {
      const { right, text } = await act()
      if (!right) wrongs += 1
      console.log(`${round}/${times}${burns ? ' (a core burned)' : ''} ${right ? 'right' : 'WRONG'}: ${text}`)
    }
  } finally {
    burning?.kill('SIGKILL')
  }
}
console.log(`${times * 2 - wrongs} of ${times * 2} right`)
process.exitCode = wrongs === 0 ? 0 : 1
