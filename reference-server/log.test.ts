import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Log } from './log.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

it('writes twenty lines a second at most, and tells how many it left out', () => {
  const lines: string[] = []
  const log = new Log((line) => lines.push(line))
  for (let i = 0; i < 1_000; i++) log.error('tool failed', { number: i })
  expect(lines).toHaveLength(20)
  vi.advanceTimersByTime(1_000)
  log.info('calm')
  expect(lines).toHaveLength(21)
  expect(JSON.parse(lines[20] ?? '')).toMatchObject({ level: 'info', message: 'calm', droppedBefore: 980 })
})
