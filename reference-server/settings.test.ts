import { describe, expect, it } from 'vitest'
import { type Environment, readSettings } from './settings.ts'

const least: Environment = { DATABASE_URL: 'postgres://app@127.0.0.1:5432/app', POOL_SIZE: '10' }

describe('settings', () => {
  it('have no limits unless told', () => {
    expect(readSettings(least)).toEqual({
      settings: {
        host: '127.0.0.1',
        port: 0,
        databaseUrl: least.DATABASE_URL,
        pool: { size: 10, maxOverflow: 0, acquireTimeoutMs: 0, recycleMs: 0, prePing: false },
        connectTimeoutMs: 0,
        keepaliveMs: 0,
        queryTimeoutMs: 0,
        toolTimeoutMs: 0,
        integrationTimeoutMs: 0,
      },
    })
  })

  it('tell every problem at once, with name, value and what was expected', () => {
    const read = readSettings({ POOL_SIZE: '0', POOL_MAX_OVERFLOW: '-1', PORT: 'http', QUERY_TIMEOUT_MS: '5s' })
    const problems = 'problems' in read ? read.problems : []
    expect(problems.map((problem) => problem.split(':')[0]).toSorted()).toEqual(
      ['DATABASE_URL', 'POOL_MAX_OVERFLOW', 'POOL_SIZE', 'PORT', 'QUERY_TIMEOUT_MS'].toSorted(),
    )
    expect(problems).toContain('PORT: got "http"; expected a whole number in 0..65535')
  })

  it.each([
    ['POOL_SIZE', undefined, 'a pool of unknown size cannot be judged'],
    ['POOL_PRE_PING', 'yes', 'a flag is 0 or 1'],
    ['TOOL_TIMEOUT_MS', '86400001', "more than a day is a slip of the unit, and past Node's timers"],
    ['TOOL_TIMEOUT_MS', '1.5', 'whole milliseconds'],
    ['TOOL_TIMEOUT_MS', '0x10', 'decimal digits only'],
    ['DATABASE_URL', 'mysql://app@127.0.0.1/app', 'another database'],
    ['DATABASE_URL', 'postgres:///app', 'no host'],
  ])('refuse %s=%s: %s', (name, value, _why) => {
    const read = readSettings({ ...least, [name]: value })
    expect('problems' in read && read.problems).toHaveLength(1)
  })

  it('never repeat a password', () => {
    const read = readSettings({ ...least, DATABASE_URL: 'mysql://app:hush@127.0.0.1/app' })
    expect(JSON.stringify(read)).not.toContain('hush')
  })
})
