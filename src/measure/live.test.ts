import { expect, test } from 'vitest'
import { outcomes } from '../domain/outcome.ts'
import { LiveCalls, type LiveRow } from './live.ts'

const columns = ['user', 'tool', 'intended', 'ready', 'started', 'ended', 'outcome', 'detail']
const row = (intended: number | null, ended: number | null, outcome: number | null = 0): LiveRow => {
  return [0, 0, intended, null, intended, ended, outcome, null]
}

test('the live view passes over what was not due, or has no end, and takes an unknown outcome for none that is good', () => {
  const live = new LiveCalls(columns)
  for (const one of [row(null, 1_000_000), row(1_000_000, null), row(1_000_000, 2_000_000, null)]) live.push(one)
  expect(live.at(3_000_000)).toMatchObject({ calls: 1, errorRatio: 1 })
})

test('the live view knows outcomes by the names of the stream', () => {
  const live = new LiveCalls(columns, ['timeout', 'ok'])
  live.push(row(0, 1_000_000, 1))
  live.push(row(0, 1_000_000, 0))
  live.push(row(0, 1_000_000, outcomes.length + 1))
  expect(live.at(2_000_000).errorRatio).toBeCloseTo(2 / 3)
})

test('the live view holds twice the most calls of 5 s, and then the latest half of them', () => {
  const live = new LiveCalls(columns, outcomes, 5)
  for (let at = 1; at <= 10; at++) live.push(row(0, at * 1_000))
  expect(live.at(2_000_000)).toMatchObject({ calls: 10, latencyMsP95: 10 })
  live.push(row(0, 11_000))
  expect(live.at(2_000_000).calls).toBe(5)
  expect(live.at(7_000).calls).toBe(1)
})
