import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { McpClient, metricValue, send } from './testing/mcp-client.ts'
import { type PreparedDatabase, startPreparedDatabase } from './testing/prepared-database.ts'
import { startServerProcess } from './testing/server-process.ts'

let database: PreparedDatabase

beforeAll(async () => {
  database = await startPreparedDatabase(42)
})

afterAll(async () => {
  await database?.[Symbol.asyncDispose]()
})

describe('limits and failures', () => {
  it('times out in the pool, and says so; afterwards nothing is leaked', async () => {
    const { server, client } = await database.serve({ POOL_SIZE: '1', POOL_ACQUIRE_TIMEOUT_MS: '300' })
    await using _ = server
    await client.call('get_customer', { customer_id: 5 })
    await database.admin.query('begin')
    await database.admin.query('lock table contracts in access exclusive mode')
    const held = client.call('list_contracts', { customer_id: 5 })
    const refused = await client.call('get_customer', { customer_id: 5 })
    expect(refused.structuredContent).toMatchObject({ status: 'error', code: 'pool_timeout' })
    await database.admin.query('rollback')
    expect((await held).isError).toBe(false)
    const text = await database.metrics(server)
    expect(metricValue(text, 'db_client_connection_timeouts_total')).toBe(1)
    expect(metricValue(text, 'db_client_connection_saturated_longest_seconds')).toBeGreaterThan(0.25)
    expect(text).toMatch(/db_client_connection_used_high_water\{second="\d+"\} 1/)
    expect(metricValue(text, 'db_client_connection_count{state="used"}')).toBe(0)
  })

  it('times out a query and a tool, each under its own name', async () => {
    for (const [limit, code] of [
      ['QUERY_TIMEOUT_MS', 'query_timeout'],
      ['TOOL_TIMEOUT_MS', 'tool_timeout'],
    ] as const) {
      const { server, client } = await database.serve({ POOL_SIZE: '2', [limit]: '400' })
      await using _ = server
      await database.admin.query('begin')
      await database.admin.query('lock table contracts in access exclusive mode')
      const failed = await client.call('list_contracts', { customer_id: 5 })
      await database.admin.query('rollback')
      expect(failed.isError).toBe(true)
      expect(failed.structuredContent).toMatchObject({ status: 'error', code })
      expect((await client.call('list_contracts', { customer_id: 5 })).isError).toBe(false)
      expect(metricValue(await database.metrics(server), 'db_client_connection_count{state="used"}')).toBe(0)
    }
  })

  it('gets rid of a connection whose other end has gone silent', async () => {
    const { server, client } = await database.serve({ POOL_SIZE: '1', QUERY_TIMEOUT_MS: '400' })
    await using _ = server
    await client.call('get_customer', { customer_id: 9 })
    const { rows } = await database.admin.query(
      `select pid from pg_stat_activity where application_name = 'customer-success'`,
    )
    const pid = Number(rows[0]?.pid)
    process.kill(pid, 'SIGSTOP')
    try {
      const failed = await client.call('get_customer', { customer_id: 9 })
      expect(failed.structuredContent).toMatchObject({ status: 'error', code: 'query_timeout', timeout_ms: 400 })
      expect((await client.call('get_customer', { customer_id: 9 })).isError).toBe(false)
    } finally {
      process.kill(pid, 'SIGCONT')
    }
  })

  it('is not ready, within a second or so, while the database is silent', async () => {
    const { server } = await database.serve({ POOL_SIZE: '1' })
    await using _ = server
    const { rows } = await database.admin.query(`select split_part(pg_read_file('postmaster.pid'), chr(10), 1) as pid`)
    const pid = Number(rows[0]?.pid)
    process.kill(pid, 'SIGSTOP')
    try {
      const sinceMs = performance.now()
      expect((await send(database.agent, `${server.origin}/ready`, 'GET', {})).status).toBe(503)
      expect(performance.now() - sinceMs).toBeLessThan(2_000)
    } finally {
      process.kill(pid, 'SIGCONT')
    }
    await expect
      .poll(async () => (await send(database.agent, `${server.origin}/ready`, 'GET', {})).status, { timeout: 5_000 })
      .toBe(200)
  })

  it('lives on when its backends are terminated', async () => {
    const { server, client } = await database.serve({ POOL_SIZE: '5', POOL_PRE_PING: '1' })
    await using _ = server
    const five = () => Promise.all(Array.from({ length: 5 }, () => client.call('get_customer', { customer_id: 9 })))
    await five()
    await database.admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'customer-success'`,
    )
    expect((await five()).filter(({ isError }) => isError)).toEqual([])
    expect((await send(database.agent, `${server.origin}/health`, 'GET', {})).status).toBe(200)
  })

  it('starts without a database, is not ready then, and says what is wrong', async () => {
    await using server = await startServerProcess({ DATABASE_URL: 'postgres://x@127.0.0.1:1/none', POOL_SIZE: '1' })
    const client = new McpClient(database.agent, server.url)
    await client.open()
    const answer = await client.call('get_customer', { customer_id: 1 })
    expect(answer.structuredContent).toMatchObject({ status: 'error', code: 'database_unavailable' })
    const ready = await send(database.agent, `${server.origin}/ready`, 'GET', {})
    expect([ready.status, JSON.parse(ready.text).ready]).toEqual([503, false])
    expect((await send(database.agent, `${server.origin}/health`, 'GET', {})).status).toBe(200)
  })

  it('is ready while its pool is exhausted', async () => {
    const { server, client } = await database.serve({ POOL_SIZE: '1' })
    await using _ = server
    await database.admin.query('begin')
    await database.admin.query('lock table contracts in access exclusive mode')
    const held = client.call('list_contracts', { customer_id: 5 })
    expect((await send(database.agent, `${server.origin}/ready`, 'GET', {})).status).toBe(200)
    await database.admin.query('rollback')
    await held
  })

  it('ends by SIGTERM after its open calls, with exit code 0 and one line on stdout', async () => {
    const { server, client } = await database.serve({ POOL_SIZE: '1' })
    await using _ = server
    await database.admin.query('begin')
    await database.admin.query('lock table contracts in access exclusive mode')
    const held = client.call('list_contracts', { customer_id: 5 })
    await send(database.agent, `${server.origin}/health`, 'GET', {})
    const exit = once(server.child, 'exit')
    server.child.kill('SIGTERM')
    await database.admin.query('rollback')
    expect((await held).isError).toBe(false)
    expect((await exit)[0]).toBe(0)
    expect(server.stdout).toHaveLength(1)
  })

  it('refuses bad settings, all at once, with exit code 64', async () => {
    await expect(startServerProcess({ POOL_SIZE: '0', PORT: 'x' })).rejects.toThrow('ended with 64')
  })
})
