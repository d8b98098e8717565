import { there } from '../there.ts'

/**
 * p values of several tests, each as large as it has to be so that with all of them together a difference where there
 * is none is called in at most as many comparisons as one test alone would (Holm, "A simple sequentially rejective
 * multiple test procedure", 1979, section 4, with weights). Holds however much the tests depend on one another.
 *
 * @param weights what share of the error each may use; only their proportion counts
 */
export function adjustedP(p: readonly number[], weights: readonly number[]): readonly number[] {
  const tests = p.map((own, test) => ({ test, weight: there(weights[test]), perWeight: own / there(weights[test]) }))
  const adjusted = [...p]
  let left = weights.reduce((sum, weight) => sum + weight, 0)
  let largest = 0
  for (const { test, weight, perWeight } of tests.sort((a, b) => a.perWeight - b.perWeight)) {
    largest = Math.max(largest, Math.min(1, perWeight * left))
    adjusted[test] = largest
    left -= weight
  }
  return adjusted
}
