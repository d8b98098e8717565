import { expect, test } from 'vitest'
import { manualMode, type TypedLines } from './manual.ts'

/** Somebody types these, one after the other, each heard by whoever waits then; then nothing more comes, or the input ends. */
function world(typed: readonly string[], { ends = false } = {}) {
  const left = [...typed]
  const said: string[] = []
  const waiting = new Set<(line: string | null) => void>()
  const type = (): void => {
    const line = left.shift()
    if (line === undefined && !ends) return
    for (const hear of waiting) hear(line ?? null)
    waiting.clear()
  }
  const lines: TypedLines = {
    next(signal) {
      const { promise, resolve } = Promise.withResolvers<string | null>()
      waiting.add(resolve)
      signal.addEventListener('abort', () => resolve(null), { once: true })
      setImmediate(type)
      return promise
    },
    [Symbol.dispose]: () => undefined,
  }
  const script = { title: 'the primary dies', steps: [{ kind: 'act', text: 'a replica is promoted' }] }
  return { said, mode: manualMode(script, lines, (text) => said.push(text)) }
}

const never = new AbortController().signal

test('Enter means go, s means skip, anything else is asked again', async () => {
  const { mode, said } = world(['', 'yes', ' S '])
  expect(await mode.confirm('start primary anew', never)).toBe(true)
  expect(await mode.confirm('start server anew', never)).toBe(false)
  expect(said).toEqual([
    'press Enter to start primary anew, s + Enter to skip it',
    'press Enter to start server anew, s + Enter to skip it',
    'Enter, or s + Enter',
    'skipped',
  ])
})

test('one question at a time: an Enter never answers two', async () => {
  const { mode, said } = world(['', 's'])
  expect(await Promise.all([mode.confirm('a', never), mode.confirm('b', never)])).toEqual([true, false])
  expect(said[1]).toMatch(/^press Enter to b/)
})

test('a question that is withdrawn is not done, and the next one is asked', async () => {
  const { mode, said } = world([])
  const over = new AbortController()
  const answer = mode.confirm('a', over.signal)
  const next = mode.confirm('b', AbortSignal.abort())
  setImmediate(() => over.abort())
  expect(await Promise.all([answer, next])).toEqual([false, false])
  expect(said).toEqual([expect.stringMatching(/^press Enter to a/), expect.stringMatching(/withdrawn/)])
})

test('where the input ends nothing is done', async () => {
  const { mode, said } = world([], { ends: true })
  expect(await mode.confirm('a', never)).toBe(false)
  expect(said.at(-1)).toMatch(/nobody can answer any more/)
})

test('the steps are shown as the runbook has them', () => {
  const { mode, said } = world([])
  mode.showSteps()
  expect(said).toEqual(['the primary dies: the harm is seen, the clock runs\n  act: a replica is promoted'])
})
