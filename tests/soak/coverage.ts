/** Many windows of simulated load: how often each interval of 95 % holds the true quantile. */
import { coverageOf, shares } from '../simulation/coverage.ts'
import { coverageCases, leastCovered, manyWindows } from '../simulation/coverage-cases.ts'

let wrongs = 0
for (const { model, covered, ...window } of coverageCases) {
  const shown = coverageOf(model, window, manyWindows, 1)
  const isRight = shown.every((share) => share >= leastCovered(covered, manyWindows))
  if (!isRight) wrongs += 1
  const told = shares.map((p, at) => `p${p * 100} ${(100 * (shown[at] ?? 0)).toFixed(1)} %`).join(', ')
  console.log(
    `${isRight ? 'right' : 'WRONG'}: ${window.lengthS} s of ${model.name}: ${told}; wanted ${100 * covered} %`,
  )
}
process.exitCode = wrongs === 0 ? 0 : 1
