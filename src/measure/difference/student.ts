import { bisect } from './bisect.ts'

/** Gauss's tail beyond which one of five true effects is missed: the 80 % point of the normal distribution. */
export const zOfPower80 = 0.8416

/**
 * P(|T| > c) for Student's t with `df` degrees of freedom (not necessarily whole): I_x(df/2, 1/2) with
 * x = df / (df + c²) (Abramowitz & Stegun, "Handbook of Mathematical Functions", 26.5.27 and 26.7.1).
 */
export function twoSidedP(c: number, df: number): number {
  if (c === Number.POSITIVE_INFINITY) return 0
  return incompleteBeta(df / (df + c * c), df / 2, 0.5)
}

/** The c with P(|T| > c) = `alpha`, 0 < alpha < 1, by bisection. */
export function twoSidedQuantile(alpha: number, df: number): number {
  const isWithin = (c: number) => twoSidedP(c, df) > alpha
  let high = 1
  while (isWithin(high) && high < cMax) high *= 2
  return bisect({ near: 0, far: high }, 60, isWithin).far
}

/** With one degree of freedom P(|T| > 1e9) is 6e-10: nothing is asked beyond. */
export const cMax = 1e9

/** Regularized I_x(a, b) by its continued fraction (Lentz's method; DLMF 8.17.22). */
function incompleteBeta(x: number, a: number, b: number): number {
  // The fraction converges fast on one side of the mean only; the other follows by symmetry.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a)
  const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) - logBeta(a, b)) / a
  return front * fraction(x, a, b)
}

/** 200 terms are ample for degrees of freedom up to some 10,000. */
const termsMax = 200
const tiny = 1e-300

function fraction(x: number, a: number, b: number): number {
  let c = 1
  let d = 1 / away(1 - ((a + b) * x) / (a + 1))
  let value = d
  for (let m = 1; m <= termsMax; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / away(1 + even * d)
    c = away(1 + even / c)
    value *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / away(1 + odd * d)
    c = away(1 + odd / c)
    value *= d * c
    if (Math.abs(d * c - 1) < 1e-12) break
  }
  return value
}

function away(value: number): number {
  return Math.abs(value) < tiny ? tiny : value
}

function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b)
}

/** Lanczos' approximation with g = 7, n = 9 (coefficients of Godfrey, 2001): 15 digits. */
const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
]

function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x)
  const t = x + 6.5
  const sum = lanczos.reduce(
    (total, coefficient, at) => (at === 0 ? coefficient : total + coefficient / (x - 1 + at)),
    0,
  )
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum)
}
