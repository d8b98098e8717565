import { exposureMin } from '../../domain/plan.ts'
import { judges, type Lint } from './lint.ts'

/** At just so many a second, one that is answered a moment late is one too few. */
const ratePerSMin = 1.25 * exposureMin

export const ledgerTooSlow: Lint = {
  id: 'ledger-too-slow',
  severity: 'warning',
  look(plan) {
    const { ledger } = plan.observe
    if (ledger === null || ledger.ratePerS >= ratePerSMin) return []
    const isHarmed = plan.faults.some(({ judgedBy }) => judgedBy === 'bounded')
    if (!isHarmed || !(judges(plan, 'data.lost_writes') || judges(plan, 'data.rpo'))) return []
    const why =
      `at ${ledger.ratePerS} writes a second fewer than ${exposureMin} may be acknowledged in the second before a fault: that ` +
      `nothing was lost cannot be told then, and the finding is unknown. From ${ratePerSMin}/s on there is room`
    return [{ path: 'observe.ledger.rate', why }]
  },
}
