export type Side = 'base' | 'head'

/** One run of a campaign: the how-manieth of its side, from 1. */
export interface Turn {
  readonly side: Side
  readonly number: number
}

/**
 * So many runs of each side. In turn as ABBA, so that what rises or falls steadily over the campaign, such as the
 * machine's temperature, adds the same to both (Cochran & Cox, "Experimental Designs", 1957); else each side at a stretch.
 */
export function turnsOf(repeats: number, isInterleaved: boolean): readonly Turn[] {
  const numbers = Array.from({ length: repeats }, (_, at) => at + 1)
  const sides: readonly Side[] = ['base', 'head']
  if (!isInterleaved) return sides.flatMap((side) => numbers.map((number) => ({ side, number })))
  return numbers.flatMap((number) => {
    const inTurn = number % 2 === 1 ? sides : sides.toReversed()
    return inTurn.map((side) => ({ side, number }))
  })
}
