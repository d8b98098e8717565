import type { Report } from '../../src/domain/verdict.ts'
import { cut } from './foreign.ts'
import { counted } from './numbers.ts'
import { runWords } from './words.ts'

/** `failover, passed, 12 days ago`, or that there is none. */
export function drillWords(newest: NonNullable<Report['newestDrill']> | null): string {
  if (newest === null) return 'no drill found'
  const { drill, verdict, ageDays } = newest
  const age = ageDays === 0 ? 'less than a day ago' : `${counted(ageDays, 'day')} ago`
  return `${cut(drill, 80)}, ${verdict === null ? 'without a verdict' : runWords[verdict].toLowerCase()}, ${age}`
}
