/** What a database says when it is asked how far it is. */
export interface Position {
  /** The newest of which it has any of the log: each promotion begins another, and only who has followed since has some of it. */
  readonly timeline: number
  /** How much of the log it has on its disk, replayed or not, in bytes. */
  readonly received: number
  /** It was told to replay no further for now. */
  readonly isPaused: boolean
}

/** One follower, asked. */
export interface Candidate {
  readonly id: string
  readonly answer: PromiseSettledResult<Position>
}

/**
 * Id of the one that takes over: whoever has most of the log, the first in the order given of those that have as much.
 * `timeline`: of the one that is replaced. `told`: who was told to already, and was not heard to have done it. Throws
 * where nobody can, with why for each.
 */
export function successorOf(candidates: readonly Candidate[], timeline: number, told: string | null): string {
  const before = candidates.find(({ id }) => id === told)
  if (before?.answer.status === 'fulfilled') return before.id
  if (before !== undefined)
    throw new Error(`${before.id} was told to take over and does not answer: another beside it could make two that do`)
  let best: { readonly id: string; readonly received: number } | null = null
  for (const { id, answer } of candidates) {
    // What one of another history has is not more, however much it is.
    if (answer.status === 'rejected' || answer.value.timeline < timeline) continue
    if (best === null || answer.value.received > best.received) best = { id, received: answer.value.received }
  }
  if (best !== null) return best.id
  throw new Error(`nobody can take over: ${candidates.map(whyNot).join('; ')}`)
}

function whyNot({ id, answer }: Candidate): string {
  if (answer.status === 'fulfilled') return `${id} has not followed since the last fail-over`
  return `${id}: ${answer.reason instanceof Error ? answer.reason.message : String(answer.reason)}`
}
