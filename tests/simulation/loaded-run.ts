import { randomOf } from '../../src/measure/testing/calm-run.ts'
import type { GeneratedCall } from '../../src/measure/testing/generated-run.ts'

/** How a simulated system behaves. The numbers are of the size that real runs of small servers show. */
export interface LoadedShape {
  readonly users: number
  readonly seconds: number
  /** Every latency is so many times as long. */
  readonly slower: number
  /** More calls that fail, as a share of all. */
  readonly moreErrors: number
  /** Standard deviation, of the logarithm of all latencies of a run, from run to run. */
  readonly betweenRuns: number
}

export const usualShape: LoadedShape = { users: 50, seconds: 220, slower: 1, moreErrors: 0, betweenRuns: 0 }

const medianMs = 80
/** What all calls of a second have in common: a first-order autoregression of this correlation and deviation (log). */
const correlation = 0.8
const commonDeviation = 0.04
/** Of single calls (log), and how many of them have a tail beyond (Pareto, of this exponent). */
const ownDeviation = 0.35
const tailRatio = 0.03
const tailExponent = 2
/** Bursts come at random, last some seconds, bring more calls, and make each slower. */
const burstEveryS = 60
const burstsLastS = 3
const burstSlower = 1.7
const errorRatio = 0.004
const longestMs = 30_000

/** Calls of one run, by seed: alike while they are near in time, with a heavy tail, and with bursts of load. */
export function loadedCalls(seed: number, shape: LoadedShape = usualShape): GeneratedCall[] {
  const random = randomOf(seed)
  const gauss = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  const ofRun = shape.betweenRuns * gauss()
  const seconds = Array.from({ length: shape.seconds }, () => ({ common: 0, burst: 0 }))
  let common = gauss()
  let burstLeftS = 0
  for (const second of seconds) {
    common = correlation * common + Math.sqrt(1 - correlation ** 2) * gauss()
    if (burstLeftS <= 0 && random() < 1 / burstEveryS) burstLeftS = 1 + Math.floor(random() * 2 * burstsLastS)
    second.common = common * commonDeviation
    second.burst = burstLeftS > 0 ? 1 : 0
    burstLeftS -= 1
  }
  return seconds.flatMap(({ common: shared, burst }, second) =>
    Array.from({ length: Math.round(shape.users * (1 + 0.4 * burst)) }, (_, at): GeneratedCall => {
      const tail = random() < tailRatio ? (1 - random()) ** (-1 / tailExponent) : 1
      const log = ofRun + shared + ownDeviation * gauss() + burst * Math.log(burstSlower)
      const latencyMs = Math.min(longestMs, medianMs * shape.slower * tail * Math.exp(log))
      const intendedUs = second * 1_000_000 + Math.floor(random() * 1_000_000)
      const fails = random() < errorRatio * (1 + 4 * burst) + shape.moreErrors
      const waitedUs = burst === 1 && random() < 0.2 ? Math.round(latencyMs * 200) : 0
      return {
        user: at,
        tool: at % 2,
        intendedUs,
        readyUs: intendedUs + waitedUs,
        startedUs: intendedUs + waitedUs,
        endedUs: intendedUs + Math.max(waitedUs + 1_000, Math.round(latencyMs * 1_000)),
        outcome: fails ? 'tool_error' : 'ok',
        error: fails ? 'no' : null,
      }
    }),
  )
}
