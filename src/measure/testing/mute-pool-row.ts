import type { PoolRow } from '../../record/reader-rows.ts'

/** Asked and answered at t0, and nothing told. */
export const mutePoolRow: PoolRow = {
  tUs: 0,
  tookUs: 0,
  error: null,
  used: null,
  idle: null,
  max: null,
  pending: null,
  timeouts: null,
  saturatedS: null,
  saturatedLongestS: null,
  uptimeS: null,
  usedHigh: null,
  pendingHigh: null,
  wait: null,
  instance: null,
}
