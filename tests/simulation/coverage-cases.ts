import { alternating, autoregressive, type LoadModel } from './correlated-load.ts'

/** CI looks at so many windows of each, the soak at so many. */
export const fewWindows = 150
export const manyWindows = 2_000

interface CoverageCase {
  readonly model: LoadModel
  readonly lengthS: number
  readonly callsPerS: number
  /** Share of windows of which each interval holds the true quantile. */
  readonly covered: number
}

/**
 * From some 30 times as long as what is slow together on, 93 % at least. Of less than that too little was seen for any
 * interval: the last ones say how much is left then, which docs/reading-a-report.md says as well.
 */
export const coverageCases: readonly CoverageCase[] = [
  { model: autoregressive(0.5, 0), lengthS: 20, callsPerS: 50, covered: 0.93 },
  { model: autoregressive(0.5, 0), lengthS: 60, callsPerS: 50, covered: 0.93 },
  { model: autoregressive(0.5, 0.5), lengthS: 60, callsPerS: 50, covered: 0.93 },
  { model: autoregressive(2, 0.5), lengthS: 120, callsPerS: 25, covered: 0.93 },
  { model: autoregressive(5, 0.5), lengthS: 180, callsPerS: 25, covered: 0.93 },
  { model: autoregressive(5, 0.2), lengthS: 180, callsPerS: 25, covered: 0.93 },
  { model: alternating('bursts', 4.5, 0.5, 10), lengthS: 120, callsPerS: 25, covered: 0.93 },
  { model: alternating('long bursts', 18, 2, 10), lengthS: 300, callsPerS: 25, covered: 0.93 },
  { model: alternating('regimes', 15, 5, 5), lengthS: 300, callsPerS: 25, covered: 0.93 },
  { model: autoregressive(5, 0.5), lengthS: 60, callsPerS: 25, covered: 0.8 },
  { model: alternating('regimes', 15, 5, 5), lengthS: 60, callsPerS: 25, covered: 0.75 },
]

/** The promise, less two standard errors of so many windows. */
export function leastCovered(covered: number, windows: number): number {
  return covered - 2 * Math.sqrt((covered * (1 - covered)) / windows)
}
