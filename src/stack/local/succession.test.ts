import { describe, expect, it } from 'vitest'
import { type Candidate, successorOf } from './succession.ts'

const has = (id: string, received: number, timeline = 2): Candidate => ({
  id,
  answer: { status: 'fulfilled', value: { timeline, received, isPaused: false } },
})
const silent = (id: string, code = 'ETIMEDOUT'): Candidate => ({
  id,
  answer: { status: 'rejected', reason: Object.assign(new Error(`connect ${code}`), { code }) },
})

describe('who takes over', () => {
  it.each<[string, readonly Candidate[], string | null, string]>([
    ['has most of the log', [has('a', 1), has('b', 3), has('c', 2)], null, 'b'],
    ['is the first of those that have as much', [has('a', 1), has('b', 3), has('c', 3)], null, 'b'],
    ['answers', [silent('a'), has('b', 0)], null, 'b'],
    ['has followed the one that is replaced', [has('a', 9, 1), has('b', 1)], null, 'b'],
    ['is the one that was told to before', [has('a', 1), has('b', 3)], 'a', 'a'],
  ])('%s', (_, candidates, told, wanted) => {
    expect(successorOf(candidates, 2, told)).toBe(wanted)
  })

  it('is nobody beside one that was told to and may do so', () => {
    expect(() => successorOf([silent('a'), has('b', 3)], 2, 'a')).toThrow(/^a was told .* could make two/)
  })

  it('is nobody where none can, with why for each', () => {
    expect(() => successorOf([silent('a', 'ECONNREFUSED'), has('b', 3, 1)], 2, null)).toThrow(
      'nobody can take over: a: connect ECONNREFUSED; b has not followed since the last fail-over',
    )
  })
})
