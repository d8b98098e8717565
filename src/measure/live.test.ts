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

test('the live view holds twice 5 s of the most calls there can be, and then half of them', () => {
  const live = new LiveCalls(columns)
  const most = 220_000
  const one = row(0, 1_000_000)
  for (let at = 0; at < most; at++) live.push(one)
  expect(live.at(2_000_000).calls).toBe(most)
  live.push(one)
  expect(live.at(2_000_000).calls).toBe(most / 2)
})
