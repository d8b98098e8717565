import type { Report } from '../../src/domain/verdict.ts'
import { count, counted, quantity } from './numbers.ts'

/**
 * Whose doing it was that calls came late or never: the generator's, which makes load undelivered, or the system's, which
 * counts against it.
 */
export function latenessWords({ load }: Report): string {
  const { callsIntended, callsSent, latePermille } = load
  if (callsIntended === 0) return 'nothing was due'
  const generator =
    latePermille === null
      ? 'not measured'
      : `${quantity(latePermille / 1_000, 'ratio')} of ${counted(callsSent, 'call')}`
  return `by the generator itself ${generator}; never sent, their user still waiting for the system: ${count(callsIntended - callsSent)}`
}
