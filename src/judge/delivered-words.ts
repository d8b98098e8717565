import type { CallSet } from '../measure/call-set.ts'
import { deliveredBy } from '../measure/delivered.ts'
import { digits } from './wording.ts'

/** From here on a machine that was late had at times delivered as much as was asked: it was held up, not too small. */
const enoughRatio = 0.95

/** What this machine has delivered, for someone who must choose fewer users or a larger machine. */
export function deliveredWords(calls: CallSet): string {
  const { duePeak, onTimePeak, lateSeconds, seconds } = deliveredBy(calls)
  if (seconds === 0) return ''
  const asked = `up to ${digits(duePeak)} calls/s were due`
  const late = `the generator was late in ${lateSeconds} of ${seconds} seconds`
  if (onTimePeak === null) return ` Of this machine: ${asked}, and in no second this machine delivered them on time.`
  const shown = `the most that this machine delivered on time in a second is ${digits(onTimePeak)} calls/s`
  const advice =
    onTimePeak >= enoughRatio * duePeak
      ? 'it can deliver them, and was held up: look for what else ran on it'
      : 'fewer users, a longer pace or a larger machine'
  return ` Of this machine: ${asked}, ${late}, ${shown}: ${advice}.`
}
