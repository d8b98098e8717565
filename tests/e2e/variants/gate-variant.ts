import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Report } from '../../../src/domain/verdict.ts'
import { SquallProcess } from '../squall-process.ts'
import { healthyEnd, misses } from '../stalls.ts'
import type { Defect } from './defects.ts'
import { drillVariant, type VariantDrill } from './drill-plans.ts'
import { type VariantPlan, variantPlan } from './plans.ts'

export interface VariantResult {
  readonly exitCode: number | null
  readonly report: Report
  /** `id: why` of each judged finding that is no pass, but for those that this machine held up. */
  readonly wrong: readonly string[]
  /** What a healthy variant's run has to end with. */
  readonly healthyExitCode: number
}

/** `squall gate` on the node-postgres server with a defect. */
export async function gateVariant(name: VariantPlan, defect: Defect): Promise<VariantResult> {
  return await gate(variantPlan(name, defect))
}

/** A drill on the same server. */
export async function drillOfVariant(name: VariantDrill, defect: Defect): Promise<VariantResult> {
  return await gate(drillVariant(name, defect))
}

async function gate(planText: string): Promise<VariantResult> {
  const folder = mkdtempSync(join(tmpdir(), 'squall-variant-'))
  try {
    const plan = join(folder, 'plan.yaml')
    writeFileSync(plan, planText)
    using squall = new SquallProcess(['gate', plan, '--out', '{out}'])
    const exitCode = await squall.exitCode()
    if (exitCode === 3 || exitCode === 64) throw new Error(squall.stderr)
    const report = squall.report()
    return { exitCode, report, wrong: misses(squall, report), healthyExitCode: healthyEnd(squall, report).exitCode }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
