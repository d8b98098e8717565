import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Sessions } from './sessions.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

it('forgets a session that was not used for half an hour, by itself', () => {
  const sessions = new Sessions()
  const idle = sessions.open('2025-11-25')?.id ?? ''
  const busy = sessions.open('2025-11-25')?.id ?? ''
  for (let minute = 0; minute < 32; minute++) {
    vi.advanceTimersByTime(60_000)
    sessions.use(busy)
  }
  expect(sessions.use(idle)).toBeUndefined()
  expect(sessions.use(busy)).toBeDefined()
  expect(sessions.count).toBe(1)
  sessions.close()
  expect(vi.getTimerCount()).toBe(0)
})

it('has room for ten thousand, and room again when one ends', () => {
  const sessions = new Sessions()
  const ids = Array.from({ length: 10_000 }, () => sessions.open('2025-11-25')?.id)
  expect(new Set(ids).size).toBe(10_000)
  expect(sessions.open('2025-11-25')).toBeUndefined()
  expect(sessions.end(ids[5] ?? '')).toBe(true)
  expect(sessions.end(ids[5] ?? '')).toBe(false)
  expect(sessions.open('2025-11-25')).toBeDefined()
  sessions.close()
})
