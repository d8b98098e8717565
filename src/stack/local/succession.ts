/** What a follower says when it is asked how far it is. */
export interface Position {
  /** How much of the log it has on its disk, replayed or not, in bytes. */
  readonly received: number
  /** It was told to replay no further for now. */
  readonly isPaused: boolean
}

/** One follower, asked. */
export interface Candidate {
  readonly id: string
  readonly answer: PromiseSettledResult<Position>
  /** It has followed the one that is to be replaced: what another has says nothing, it may be of another history. */
  readonly hasFollowed: boolean
}

/**
 * Id of the one that takes over: whoever has most of the log, the first in the order given of those that have as much.
 * `told`: who was told to already, and was not heard to have done it. Throws where nobody can, with why for each.
 */
export function successorOf(candidates: readonly Candidate[], told: string | null): string {
  const before = candidates.find(({ id }) => id === told)
  if (before?.answer.status === 'fulfilled') return before.id
  if (before !== undefined && !isGone(before.answer))
    throw new Error(`${before.id} was told to take over and does not answer: another beside it could make two that do`)
  let best: { readonly id: string; readonly received: number } | null = null
  for (const { id, answer, hasFollowed } of candidates) {
    if (answer.status === 'rejected' || !hasFollowed) continue
    if (best === null || answer.value.received > best.received) best = { id, received: answer.value.received }
  }
  if (best !== null) return best.id
  throw new Error(`nobody can take over: ${candidates.map(whyNot).join('; ')}`)
}

function whyNot({ id, answer }: Candidate): string {
  if (answer.status === 'fulfilled') return `${id} has not been seen to follow since the last fail-over`
  return `${id}: ${answer.reason instanceof Error ? answer.reason.message : String(answer.reason)}`
}

/** It surely takes no writes. */
function isGone(answer: PromiseSettledResult<Position>): boolean {
  return answer.status === 'rejected' && (answer.reason as { code?: unknown } | null)?.code === 'ECONNREFUSED'
}
