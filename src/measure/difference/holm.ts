/**
 * p values of several tests, each as large as it has to be so that with all of them together a difference where there
 * is none is called in at most as many comparisons as one test alone would (Holm, "A simple sequentially rejective
 * multiple test procedure", 1979, section 4, with weights). Holds however much the tests depend on one another.
 *
 * @param weights what share of the error each may use; only their proportion counts
 */
export function adjustedP(p: readonly number[], weights: readonly number[]): readonly number[] {
  const weightOf = (test: number) => weights[test] ?? 0
  const order = p.map((_, test) => test).sort((a, b) => (p[a] ?? 1) / weightOf(a) - (p[b] ?? 1) / weightOf(b))
  const adjusted = new Array<number>(p.length).fill(1)
  let left = weights.reduce((sum, weight) => sum + weight, 0)
  let largest = 0
  for (const test of order) {
    largest = Math.max(largest, Math.min(1, ((p[test] ?? 1) / weightOf(test)) * left))
    adjusted[test] = largest
    left -= weightOf(test)
  }
  return adjusted
}
