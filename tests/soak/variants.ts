/**
 * Every planted defect, and the healthy server on every plan: `node tests/soak/variants.ts`. A defect must be found by
 * the finding that names it; the healthy server must pass. And the pools that wait on silent sockets: a fail-over by closed
 * ones hides them, the drill host-lost shows them. Ends with 1 unless all are right.
 */
import { type Defect, defects } from '../e2e/variants/defects.ts'
import { hiddenByFailover, type VariantDrill } from '../e2e/variants/drill-plans.ts'
import { drillOfVariant, gateVariant } from '../e2e/variants/gate-variant.ts'
import { foundBy, type VariantPlan } from '../e2e/variants/plans.ts'

let wrongs = 0
let total = 0
function tell(isRight: boolean, text: string): void {
  total += 1
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
async function tellDrill(drill: VariantDrill, defect: Defect, verdictWanted: 'pass' | 'fail'): Promise<void> {
  const { report, wrong } = await drillOfVariant(drill, defect)
  const rto = report.findings.find(({ id }) => id === 'rto')
  const told = wrong.map((text) => `\n      ${text}`).join('')
  tell(rto?.verdict === verdictWanted, `${defect} in the drill ${drill}: ${rto?.verdict}, ${rto?.why}${told}`)
}
for (const defect of ['none', ...hiddenByFailover] as const) {
  await tellDrill('failover', defect, 'pass')
  await tellDrill('host-lost', defect, defect === 'none' ? 'pass' : 'fail')
}
console.log(`${total - wrongs} of ${total} right`)
process.exitCode = wrongs === 0 ? 0 : 1
