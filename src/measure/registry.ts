import type { MeasureDescription } from '../domain/catalogue.ts'
import { balancerMeasures } from './balancer-measures.ts'
import { bridgeMeasures } from './bridge-measures.ts'
import { callQuantiles } from './call-quantiles.ts'
import { callRatios } from './call-ratios.ts'
import { databaseMeasures } from './database-measures.ts'
import { integrityMeasures } from './integrity-measures.ts'
import { ledgerMeasures } from './ledger-measures.ts'
import { loadMeasures } from './load-measures.ts'
import type { MeasureSpec } from './measure-spec.ts'
import { poolUse } from './pool-use.ts'
import { poolWaits } from './pool-waits.ts'
import { readyLies } from './ready-lies.ts'
import { recoveryAfterHeal } from './recovery-after-heal.ts'
import { recoveryMeasures } from './recovery-measures.ts'
import { registerMeasures } from './register-measures.ts'
import { restoreMeasures } from './restore-measures.ts'
import { rpoWorstCase } from './rpo-worst-case.ts'

/** Every measure a plan can name. Adding one: a file (or a line in its family's), a test, a line here. */
export const measures: readonly MeasureSpec[] = [
  ...callQuantiles,
  ...callRatios,
  ...loadMeasures,
  ...balancerMeasures,
  ...bridgeMeasures,
  ...poolUse,
  ...poolWaits,
  ...databaseMeasures,
  recoveryAfterHeal,
  ...recoveryMeasures,
  ...ledgerMeasures,
  ...registerMeasures,
  ...integrityMeasures,
  readyLies,
  ...restoreMeasures,
  rpoWorstCase,
]

const byId = new Map(measures.map((spec) => [spec.id, spec]))

export function measureById(id: string): MeasureSpec | null {
  return byId.get(id) ?? null
}

/** What a plan's checker and `squall list` need to know of the measures, by id. */
export const measureCatalogue: ReadonlyMap<string, MeasureDescription> = new Map(
  measures.map(({ id, title, unit, bounds, windows, perTool }) => [id, { title, unit, bounds, windows, perTool }]),
)
