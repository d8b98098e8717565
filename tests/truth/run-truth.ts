import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import workload from '../../scenarios/customer-success.ts'
import type { Report } from '../../src/domain/verdict.ts'
import { SquallProcess } from '../e2e/squall-process.ts'
import { isHeldUp } from '../e2e/stalls.ts'
import { freezeGenerator } from './freeze-generator.ts'
import { judgeTruth } from './judge-truth.ts'
import { MachineWatch } from './machine.ts'
import { servedCalls } from './served.ts'
import type { Truth } from './truth.ts'

/** As JSON, which is YAML too. The tools of the workload that a truth does not name are off. */
export function planOf(truth: Truth, log: string): string {
  const tools = Object.fromEntries(workload.tools.map(({ name }) => [name, { weight: truth.weights[name] ?? 0 }]))
  return JSON.stringify({
    squall: 1,
    name: `truth-${truth.id}`,
    extends: 'base',
    stack: {
      preset: null,
      nodes: {
        server: {
          command: ['node', 'tests/truth/server/main.ts'],
          env: { TRUTH: JSON.stringify(truth.server), TRUTH_LOG: log },
          ready: { path: '/ready', within: '30 s' },
        },
        ...(truth.server.holdsConnections === undefined ? { primary: { unused: true } } : {}),
      },
    },
    load: {
      with: { tools },
      pace: truth.pace,
      call_timeout: truth.callTimeout ?? '35 s',
      phases: truth.phases.map(({ id, s }) => ({ id, for: `${s} s`, users: truth.users })),
    },
    observe: truth.server.pools === undefined ? { pool: null } : {},
    objectives: truth.objectives,
  })
}

export interface TruthResult {
  readonly report: Report
  /** What Squall said and should not have, or should have and did not; none: all is right. */
  readonly wrong: readonly string[]
}

/** `squall gate` on a truth server, and what is wrong with what it says. */
export async function runTruth(truth: Truth): Promise<TruthResult> {
  const folder = mkdtempSync(join(tmpdir(), 'squall-truth-'))
  try {
    const [plan, log] = [join(folder, 'plan.yaml'), join(folder, 'served.ndjson')]
    writeFileSync(plan, planOf(truth, log))
    using squall = new SquallProcess(['gate', plan, '--out', '{out}'])
    using machine = new MachineWatch()
    if (truth.frozenGenerator !== undefined) await freezeGenerator(squall, truth.frozenGenerator)
    const exitCode = await squall.exitCode()
    if (exitCode === 3 || exitCode === 64) throw new Error(squall.stderr)
    const report = squall.report()
    const served = servedCalls(log, squall)
    const wrong = judgeTruth(truth, exitCode, report, served, machine, (finding) => isHeldUp(squall, report, finding))
    return { report, wrong }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
