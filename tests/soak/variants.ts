/**
 * Every planted defect, and the healthy server on every plan: `node tests/soak/variants.ts`. A defect must be found by
 * the finding that names it; the healthy server must pass. Ends with 1 unless all are right.
 */
import { type Defect, defects } from '../e2e/variants/defects.ts'
import { gateVariant } from '../e2e/variants/gate-variant.ts'
import { foundBy, type VariantPlan } from '../e2e/variants/plans.ts'

let wrongs = 0
function tell(isRight: boolean, text: string): void {
  if (!isRight) wrongs += 1
  console.log(`${isRight ? 'right' : 'WRONG'}: ${text}`)
}

const planted = defects.filter((defect): defect is Exclude<Defect, 'none'> => defect !== 'none')
for (const plan of new Set(Object.values(foundBy).map(([name]): VariantPlan => name))) {
  const { exitCode, wrong } = await gateVariant(plan, 'none')
  tell(exitCode === 0, `none under ${plan}: exit ${exitCode}${wrong.map((text) => `\n      ${text}`).join('')}`)
}
for (const defect of planted) {
  const [plan, id, says] = foundBy[defect]
  const { exitCode, report, wrong } = await gateVariant(plan, defect)
  const finding = report.findings.find((one) => one.id === id)
  const isFound = exitCode === 1 && finding?.verdict === 'fail' && says.test(finding.why)
  const told = wrong.map((text) => `\n      ${text}`).join('')
  tell(isFound, `${defect} under ${plan}: exit ${exitCode}, ${id} ${finding?.verdict ?? 'missing'}${told}`)
}
const all = planted.length + new Set(Object.values(foundBy).map(([name]) => name)).size
console.log(`${all - wrongs} of ${all} right`)
process.exitCode = wrongs === 0 ? 0 : 1
