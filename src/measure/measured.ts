import type { Interval, Measured, ReasonCode, Unit } from '../domain/verdict.ts'

/** An exact count, ratio or rate: its interval is a point. */
export function exactly(value: number, unit: Unit, sampleCount: number, method: string): Measured {
  return { kind: 'value', value, unit, sampleCount, method, interval: { low: value, high: value } }
}

export function between(value: number, interval: Interval, unit: Unit, sampleCount: number, method: string): Measured {
  return { kind: 'value', value, unit, sampleCount, method, interval }
}

export function yesOrNo(value: boolean, sampleCount: number, method: string): Measured {
  return { kind: 'value', value, unit: 'bool', sampleCount, method, interval: null }
}

/** Not over by the horizon, or among calls without an end. */
export function atLeast(value: number, unit: Unit, sampleCount: number, method: string): Measured {
  return { kind: 'atLeast', value, unit, sampleCount, method, interval: null }
}

export function none(reason: ReasonCode, why: string, unit: Unit, sampleCount: number, method: string): Measured {
  return { kind: 'none', value: null, unit, sampleCount, method, interval: null, reason, why }
}
