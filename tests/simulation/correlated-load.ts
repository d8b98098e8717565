/** Latencies of calls that are slow together, of which the true quantiles are known by construction. */
export interface LoadModel {
  readonly name: string
  /** What all calls of one moment share, as a function of time in s. A new course each time. */
  readonly course: (random: () => number, lengthS: number) => (atS: number) => number
  /** ms of one call, from what its moment shares. */
  readonly latencyMs: (shared: number, random: () => number) => number
  /** Share of all calls, over all courses, that take at most so long. */
  readonly shareWithin: (ms: number) => number
}

const typicalMs = 20
const gridS = 0.1

/** log latency = own noise + a share that is an autoregression of order 1 (an Ornstein-Uhlenbeck process on a grid). */
export function autoregressive(correlationS: number, sharedShare: number): LoadModel {
  const spread = 0.6
  const [shared, own] = [Math.sqrt(sharedShare), Math.sqrt(1 - sharedShare)]
  const carry = Math.exp(-gridS / correlationS)
  return {
    name: `AR(1) over ${correlationS} s, ${sharedShare * 100} % of the variance shared`,
    course(random, lengthS) {
      const steps = [normal(random)]
      for (let at = 1; at <= lengthS / gridS; at++)
        steps.push(carry * (steps[at - 1] ?? 0) + Math.sqrt(1 - carry * carry) * normal(random))
      return (atS) => steps[Math.floor(atS / gridS)] ?? 0
    },
    latencyMs: (moment, random) => typicalMs * Math.exp(spread * (shared * moment + own * normal(random))),
    shareWithin: (ms) => normalShare(Math.log(ms / typicalMs) / spread),
  }
}

/** Calm and slow stretches in turn, of random lengths: bursts when they are short, regimes when they are long. */
export function alternating(name: string, calmS: number, slowS: number, factor: number): LoadModel {
  const slowShare = slowS / (calmS + slowS)
  const spread = 0.4
  return {
    name: `${name}: ${slowS} s of ${factor} times the latency in each ${calmS + slowS} s`,
    course(random, lengthS) {
      const edges: number[] = []
      let isSlow = random() < slowShare
      const startsSlow = isSlow
      for (let atS = 0; atS <= lengthS; isSlow = !isSlow) {
        atS += -(isSlow ? slowS : calmS) * Math.log(1 - random())
        edges.push(atS)
      }
      return (atS) => {
        const turns = edges.filter((edge) => edge <= atS).length
        return Number((turns % 2 === 1) !== startsSlow)
      }
    },
    latencyMs: (slow, random) => typicalMs * (slow === 1 ? factor : 1) * Math.exp(spread * normal(random)),
    shareWithin(ms) {
      const within = (times: number): number => normalShare(Math.log(ms / (typicalMs * times)) / spread)
      return (1 - slowShare) * within(1) + slowShare * within(factor)
    },
  }
}

/** By bisection. */
export function trueQuantileMs({ shareWithin }: LoadModel, p: number): number {
  let [low, high] = [0, 1e6]
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2
    if (shareWithin(middle) < p) low = middle
    else high = middle
  }
  return high
}

/** Box and Muller, "A note on the generation of random normal deviates", 1958. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/** The standard normal distribution: Abramowitz and Stegun, "Handbook of Mathematical Functions", 26.2.17: to 7.5e-8. */
function normalShare(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x))
  const poly = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  const tail = (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * poly
  return x >= 0 ? 1 - tail : tail
}
