import { expect, it } from 'vitest'
import { replicationText } from './replication.ts'

it('a follower is told whom it follows, by which slot, and what it is called there', () => {
  const text = replicationText('replica-1', { followed: { host: '127.0.0.1', port: 9 }, awaited: [] }, 'squall')
  expect(text.split('\n')).toEqual([
    "primary_conninfo = 'host=127.0.0.1 port=9 user=squall application_name=replica-1'",
    "primary_slot_name = 'replica_1'",
    "synchronous_standby_names = ''",
    'synchronous_commit = on',
    '',
  ])
})

it('a primary waits for any one of those that it awaits', () => {
  const text = replicationText('primary', { followed: null, awaited: ['replica-1', 'b'] }, 'squall')
  expect(text.split('\n')[0]).toBe(`synchronous_standby_names = 'ANY 1 ("replica-1", "b")'`)
})
