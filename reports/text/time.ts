import type { RunTimeUs, Span } from '../../src/domain/time.ts'
import { usPerMs, usPerSecond } from '../../src/domain/time.ts'
import { cut } from './foreign.ts'

/** Run time in seconds with so many decimals: `40.012 s`. Grouping is left out: these are points on an axis. */
export function runTime(us: RunTimeUs | null, decimals = 1): string {
  return us === null ? 'did not happen' : `${(us / usPerSecond).toFixed(decimals)} s`
}

/** A stretch of run time: `40.0–60.0 s`. */
export function stretch(span: Span): string {
  return `${(span.startUs / usPerSecond).toFixed(1)}–${(span.endUs / usPerSecond).toFixed(1)} s`
}

/** UTC to the second, `2026-11-21 10:18:04 UTC`; the text itself when it is no date. */
export function utc(iso: string, afterUs: RunTimeUs = 0): string {
  const startMs = Date.parse(iso)
  if (Number.isNaN(startMs)) return cut(iso, 40)
  const text = new Date(startMs + Math.round(afterUs / usPerMs)).toISOString()
  return `${text.slice(0, 10)} ${text.slice(11, 19)} UTC`
}

/** Time of day alone, `10:18:04`, for tables whose heading says UTC. */
export function utcTimeOfDay(iso: string, afterUs: RunTimeUs | null): string {
  if (afterUs === null || Number.isNaN(Date.parse(iso))) return '–'
  return utc(iso, afterUs).slice(11, 19)
}
