import { describe, expect, it } from 'vitest'
import { type Candidate, successorOf } from './succession.ts'

const has = (id: string, received: number, hasFollowed = true): Candidate => ({
  id,
  answer: { status: 'fulfilled', value: { received, isPaused: false } },
  hasFollowed,
})
const silent = (id: string, code = 'ETIMEDOUT'): Candidate => ({
  id,
  answer: { status: 'rejected', reason: Object.assign(new Error(`connect ${code}`), { code }) },
  hasFollowed: true,
})

describe('who takes over', () => {
  it.each<[string, readonly Candidate[], string | null, string]>([
    ['has most of the log', [has('a', 1), has('b', 3), has('c', 2)], null, 'b'],
    ['is the first of those that have as much', [has('a', 1), has('b', 3), has('c', 3)], null, 'b'],
    ['answers', [silent('a'), has('b', 0)], null, 'b'],
    ['has followed the one that is replaced', [has('a', 9, false), has('b', 1)], null, 'b'],
    ['is the one that was told to before', [has('a', 1), has('b', 3)], 'a', 'a'],
    ['is another where that one is surely gone', [silent('a', 'ECONNREFUSED'), has('b', 3)], 'a', 'b'],
  ])('%s', (_, candidates, told, wanted) => {
    expect(successorOf(candidates, told)).toBe(wanted)
  })

  it('is nobody beside one that was told to and may do so', () => {
    expect(() => successorOf([silent('a'), has('b', 3)], 'a')).toThrow(/^a was told .* could make two/)
  })

  it('is nobody where none can, with why for each', () => {
    expect(() => successorOf([silent('a', 'ECONNREFUSED'), has('b', 3, false)], null)).toThrow(
      'nobody can take over: a: connect ECONNREFUSED; b has not been seen to follow since the last fail-over',
    )
  })
})
