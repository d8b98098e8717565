/**
 * Does `compare` tell the truth? `node tests/soak/compare.ts [pairs] [seed]` (200 and 10000 unless told; another
 * seed makes a world that nobody has seen).
 *
 * Simulated pairs of runs (tests/simulation), whose calls are alike while they are near in time, with a heavy tail and
 * bursts of load: without a difference at most 5 % may be called a regression, and a planted slow-down of 20 % must be
 * called in at least 95 %. The same of four runs a side that differ among themselves. Then real pairs of a small plan, in
 * turn on this machine: of the very same, and of a server that takes 20 % longer. With 0 pairs only the real ones.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Comparison } from '../../src/domain/comparison.ts'
import { SquallProcess } from '../e2e/squall-process.ts'
import { comparePairs, type PairsSpec } from '../simulation/compare-pairs.ts'

const pairs = Number(process.argv[2] ?? '200')
const seed = Number(process.argv[3] ?? '10000')
/** Four runs a side take four times as long to make. */
const ofFour = Math.ceil(pairs / 4)
/** Standard deviation from run to run, as of processes that came to lie otherwise in memory. */
const betweenRuns = 0.02

let wrongs = 0
function tell(isRight: boolean, text: string): void {
  if (!isRight) wrongs += 1
  console.log(`${isRight ? 'right' : 'WRONG'}: ${text}`)
}

function simulated(name: string, spec: PairsSpec, isRight: (regressionRatio: number) => boolean): void {
  const { regressions, improvements, inconclusive, byMeasure } = comparePairs(spec)
  const measures = [...byMeasure].map(([measure, count]) => `${measure} ${count}`).join(', ')
  const told = `${regressions} of ${spec.pairs} called a regression, ${improvements} an improvement, ${inconclusive} inconclusive`
  tell(
    spec.pairs === 0 || isRight(regressions / spec.pairs),
    `${name}: ${told}${measures === '' ? '' : ` (${measures})`}`,
  )
}

const atMost5Percent = (ratio: number) => ratio <= 0.05
const atLeast95Percent = (ratio: number) => ratio >= 0.95
simulated('no difference', { from: seed, pairs }, atMost5Percent)
simulated('20 % slower', { from: seed + 10_000, pairs, head: { slower: 1.2 } }, atLeast95Percent)
simulated(
  'four runs a side, no difference',
  { from: seed + 20_000, pairs: ofFour, runs: 4, base: { betweenRuns }, head: { betweenRuns } },
  atMost5Percent,
)
simulated(
  'four runs a side, 20 % slower',
  { from: seed + 30_000, pairs: ofFour, runs: 4, base: { betweenRuns }, head: { betweenRuns, slower: 1.2 } },
  atLeast95Percent,
)

const folder = mkdtempSync(join(tmpdir(), 'squall-compare-'))
const plan = join(folder, 'echo.yaml')
const server = fileURLToPath(new URL('echo-server.ts', import.meta.url))
writeFileSync(
  plan,
  `squall: 1
name: echo
extends: smoke
stack:
  preset: null
  nodes:
    server: {command: [node, ${server}], env: {DELAY_MS: "50"}, ready: {path: /ready}}
load:
  workload: echo
  pace: 500 ms
  phases: [{id: steady, for: 30 s, users: 40}]
faults: []
objectives: []
observe: {pool: null}
`,
)

/** What a real campaign found; null: it wrote no comparison. */
async function real(number: number, args: readonly string[]) {
  const out = join(folder, String(number))
  using squall = new SquallProcess(['compare', plan, plan, '--repeat', '1', '--interleave', '--out', out, ...args])
  const exitCode = await squall.exitCode()
  const file = join(out, 'comparison.json')
  const comparison = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Comparison) : null
  return { exitCode, comparison, stderr: squall.stderr }
}

const same = [0, 2]
const slower = ['--head-set', 'stack.nodes.server.env.DELAY_MS="60"']
const planned: readonly (readonly [name: string, args: readonly string[], exitCodes: readonly number[]])[] = [
  ['the very same', [], same],
  ['the very same, another seed', ['--seed', '7'], same],
  ['20 % slower', slower, [1]],
  ['20 % slower, another seed', [...slower, '--seed', '7'], [1]],
]
for (const [at, [name, args, exitCodes]] of planned.entries()) {
  const { exitCode, comparison, stderr } = await real(at, args)
  const told = comparison?.summary ?? stderr.split('\n').slice(-8).join('\n')
  const isRight = comparison !== null && exitCode !== null && exitCodes.includes(exitCode)
  tell(isRight, `real pair, ${name}: exit ${exitCode}: ${told}`)
}
rmSync(folder, { recursive: true, force: true })
console.log(wrongs === 0 ? 'all right' : `${wrongs} wrong`)
process.exitCode = wrongs === 0 ? 0 : 1
