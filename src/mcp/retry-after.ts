/** No user waits longer, whatever a server says: beyond it, a run would not measure anything. */
export const retryAfterMsMax = 60_000
/** Of a 429 that does not say how long. */
const unsaidMs = 1_000

/**
 * How long to wait after a 429, ms, from its headers `Retry-After`, which is seconds or a date, and `Date`, against which
 * a date is read: a server's clock is never compared with ours.
 */
export function retryAfterMs(retryAfter: string | undefined, date: string | undefined): number {
  const text = retryAfter?.trim() ?? ''
  // A date of HTTP begins with the day's name; Date.parse would read a bare number as a year.
  const isDate = /^[A-Za-z]{3},? /.test(text)
  const toldMs = isDate
    ? Date.parse(text) - Date.parse(date ?? '')
    : /^\d+(\.\d+)?$/.test(text)
      ? Number(text) * 1_000
      : Number.NaN
  return Number.isFinite(toldMs) ? Math.min(Math.max(toldMs, 0), retryAfterMsMax) : unsaidMs
}
