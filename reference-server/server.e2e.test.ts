import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import workload from '../scenarios/customer-success.ts'
import type { JsonObject, Memory, Random, ToolUse } from '../scenarios/lib/workload.ts'
import { checksums } from './data/checksum.ts'
import { prepare } from './data/prepare.ts'
import { tables } from './data/schema.ts'
import { metricValue, postHeaders, send, type ToolAnswer } from './testing/mcp-client.ts'
import { type PreparedDatabase, startPreparedDatabase } from './testing/prepared-database.ts'
import { startTemporaryPostgres } from './testing/temporary-postgres.ts'
import { allTools, toolsByCategory } from './tools/catalogue.ts'
import { categories } from './tools/tool.ts'

const remediated = {
  POOL_SIZE: '50',
  POOL_MAX_OVERFLOW: '50',
  POOL_ACQUIRE_TIMEOUT_MS: '60000',
  POOL_RECYCLE_MS: '3600000',
  POOL_PRE_PING: '1',
  DB_CONNECT_TIMEOUT_MS: '10000',
  DB_KEEPALIVE_MS: '30000',
  QUERY_TIMEOUT_MS: '5000',
  INTEGRATION_TIMEOUT_MS: '10000',
  TOOL_TIMEOUT_MS: '30000',
}

/** Mulberry32: small, seeded, good enough to draw arguments. */
function seeded(seed: number): Random {
  let state = seed
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  return {
    next,
    int: (min, max) => min + Math.floor(next() * (max - min + 1)),
    pick: (items) => {
      const item = items[Math.floor(next() * items.length)]
      if (item === undefined) throw new Error('nothing to pick from')
      return item
    },
  }
}

const callsPerTool = 12

function expectRight(use: ToolUse, args: JsonObject, answer: ToolAnswer, memory: Memory): void {
  const told = `${use.name} ${JSON.stringify(args)} → ${JSON.stringify(answer.structuredContent).slice(0, 600)}`
  if (answer.isError) {
    expect(use.expectedCodes, told).toContain(answer.structuredContent.code)
    return
  }
  const content: JsonObject = JSON.parse(answer.content[0]?.text ?? '')
  expect(answer.structuredContent).toEqual(content)
  expect(use.check?.(content, args, memory), told).toBe('ok')
}

/**
 * The gate's latency fault adds 170 ms / (mean round trips) to each round trip. It can tell a pool of 30 from one of
 * 100 only while the hold times of all tools lie close together: at 250 calls/s the number of connections in use is
 * then about Poisson around 250 x mean hold.
 */
function expectMargin(tools: readonly { name: string; weight: number; roundTrips: number }[]): void {
  const weight = tools.reduce((sum, tool) => sum + tool.weight, 0)
  const mean = tools.reduce((sum, tool) => sum + tool.weight * tool.roundTrips, 0) / weight
  expect(mean).toBeGreaterThan(4)
  expect(mean).toBeLessThan(6)
  expect(tools.filter(({ roundTrips }) => roundTrips > 8)).toEqual([])
  const delayMs = Math.round(170 / mean)
  const needed = 250 * ((mean * delayMs) / 1_000)
  expect(needed).toBeGreaterThan(38)
  expect(needed).toBeLessThan(48)
}

let database: PreparedDatabase

beforeAll(async () => {
  database = await startPreparedDatabase(42)
})

afterAll(async () => {
  await database?.[Symbol.asyncDispose]()
})

describe('data', () => {
  it('has 24 tables, 134 indexes, and the rows that are promised', async () => {
    const counted = await database.admin.query(
      `select (select count(*)::int from pg_tables where schemaname = 'public') as tables,
              (select count(*)::int from pg_indexes where schemaname = 'public') as indexes`,
    )
    expect(counted.rows).toEqual([{ tables: 24, indexes: 134 }])
    for (const { name, rows } of tables) {
      const { rows: got } = await database.admin.query(`select count(*)::int as count from ${name}`)
      expect([name, got[0].count]).toEqual([name, rows])
    }
  })

  it('is the same for the same seed, and another for another seed', async () => {
    const first = await checksums(database.admin)
    const sums: Record<string, string>[] = []
    for (const seed of [42, 43]) {
      await using other = await startTemporaryPostgres(20)
      await prepare(other.url, seed)
      const client = new pg.Client({ connectionString: other.url })
      await client.connect()
      sums.push(await checksums(client))
      await client.end()
    }
    expect(sums[0]).toEqual(first)
    const changed = tables.filter(({ name }) => sums[1]?.[name] !== first[name])
    expect(changed.map(({ name }) => name)).toEqual(tables.map(({ name }) => name))
  })
})

describe('tools', () => {
  it('has 54 in 8 categories, which the workload uses all', () => {
    const sizes = Object.fromEntries(Object.entries(toolsByCategory).map(([name, tools]) => [name, tools.length]))
    expect(sizes).toEqual(categories)
    expect(workload.tools.map(({ name }) => name)).toEqual(allTools.map(({ name }) => name))
  })

  it("answers every tool's calls rightly, in about five round trips each", async () => {
    // One connection, so that each checkout but the first begins with a ping.
    const { server, client } = await database.serve({ ...remediated, POOL_SIZE: '1', POOL_MAX_OVERFLOW: '0' })
    await using _ = server
    await client.call('get_customer', { customer_id: 1 })
    const memory: Memory = {}
    const means: { name: string; weight: number; roundTrips: number }[] = []
    for (const [number, use] of workload.tools.entries()) {
      const before = await database.metrics(server)
      for (let slot = 0; slot < callsPerTool; slot++) {
        const args = use.arguments(seeded(number * 1_000 + slot), memory)
        expectRight(use, args, await client.call(use.name, args), memory)
      }
      const text = await database.metrics(server)
      const grown = (name: string) => Number(metricValue(text, name)) - Number(metricValue(before, name))
      expect(grown('db_client_checkouts_total'), use.name).toBe(callsPerTool)
      means.push({
        name: use.name,
        weight: use.weight,
        roundTrips: grown('db_client_round_trips_total') / callsPerTool,
      })
    }
    expectMargin(means)
    expect(metricValue(await database.metrics(server), 'db_client_connection_count{state="used"}')).toBe(0)
    const all = await database.metrics(server, '/metrics')
    for (const { name } of allTools) {
      expect(all).toContain(`mcp_tool_execution_total{tool_name="${name}",status="success"}`)
    }
  })

  it('tells not found, version conflict, wrong arguments and broken references apart', async () => {
    const { server, client } = await database.serve(remediated)
    await using _ = server
    const codes = async (name: string, args: unknown): Promise<unknown> => {
      const { isError, structuredContent } = await client.call(name, args)
      return [isError, structuredContent.status, structuredContent.code]
    }
    const change = { customer_id: 77, version: 99, tier: 'gold', notes: 'x' }
    expect(await codes('get_customer', { customer_id: 999_999 })).toEqual([true, 'error', 'not_found'])
    expect(await codes('update_customer', change)).toEqual([true, 'error', 'version_conflict'])
    expect(await codes('update_customer', { ...change, customer_id: 999_999 })).toEqual([true, 'error', 'not_found'])
    expect(await codes('get_customer', { customer_id: '7' })).toEqual([true, 'error', 'invalid_arguments'])
    expect(await codes('get_customer', { customer_id: 7, more: 1 })).toEqual([true, 'error', 'invalid_arguments'])
    expect(await codes('update_customer', { ...change, version: 1, actor_id: 9_999 })).toEqual([
      true,
      'error',
      'rejected',
    ])
    const kept = await database.admin.query(`select version from customers where id = 77`)
    expect(kept.rows, 'the rejected call was rolled back').toEqual([{ version: 1 }])
  })

  it('loses no update of concurrent writers', async () => {
    const { server, client } = await database.serve(remediated)
    await using _ = server
    const change = { customer_id: 4_242, version: 1, tier: 'gold', notes: 'one of ten' }
    const answers = await Promise.all(Array.from({ length: 10 }, () => client.call('update_customer', change)))
    expect(answers.filter(({ isError }) => !isError)).toHaveLength(1)
    const { rows } = await database.admin.query(`select version from customers where id = 4242`)
    expect(rows).toEqual([{ version: 2 }])
  })
})

describe('protocol', () => {
  it('keeps to Streamable HTTP', async () => {
    const { server, client } = await database.serve(remediated)
    await using _ = server
    const { url } = server
    const session = await client.open()
    const inSession = { ...postHeaders, 'mcp-session-id': session }
    const ping = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' })
    const statuses: [string, number, number][] = []
    const expectStatus = async (why: string, status: number, method: string, headers: object, body?: string) => {
      const got = await send(database.agent, url, method, { ...headers }, body)
      statuses.push([why, got.status, status])
      return got.text
    }
    await expectStatus('ping', 200, 'POST', inSession, ping)
    await expectStatus('no session', 400, 'POST', postHeaders, ping)
    await expectStatus('unknown session', 404, 'POST', { ...inSession, 'mcp-session-id': 'x' }, ping)
    await expectStatus('version', 400, 'POST', { ...inSession, 'mcp-protocol-version': '2026-07-28' }, ping)
    await expectStatus('accept', 406, 'POST', { ...inSession, accept: 'application/json' }, ping)
    await expectStatus('type', 415, 'POST', { ...inSession, 'content-type': 'text/plain' }, ping)
    await expectStatus('origin', 403, 'POST', { ...inSession, origin: 'http://evil.example' }, ping)
    await expectStatus('stream', 405, 'GET', inSession)
    await expectStatus('notification', 202, 'POST', inSession, '{"jsonrpc":"2.0","method":"notifications/cancelled"}')
    expect(await expectStatus('parse', 400, 'POST', inSession, '{')).toContain('-32700')
    expect(await expectStatus('batch', 400, 'POST', inSession, `[${ping}]`)).toContain('-32600')
    expect(await expectStatus('method', 200, 'POST', inSession, ping.replace('ping', 'resources/list'))).toContain(
      '-32601',
    )
    const unknown = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'no_such_tool' } }
    expect(await expectStatus('tool', 200, 'POST', inSession, JSON.stringify(unknown))).toContain('-32602')
    await expectStatus('end', 204, 'DELETE', inSession)
    await expectStatus('ended', 404, 'POST', inSession, ping)
    expect(statuses.filter(([, got, want]) => got !== want)).toEqual([])
  })

  it('lists its tools in pages', async () => {
    const { server, client } = await database.serve(remediated)
    await using _ = server
    const names: string[] = []
    let cursor: string | undefined
    for (let page = 0; page < 10; page++) {
      const listed: { tools: { name: string }[]; nextCursor?: string } = await client.request(
        'tools/list',
        cursor === undefined ? {} : { cursor },
      )
      names.push(...listed.tools.map(({ name }) => name))
      cursor = listed.nextCursor
      if (cursor === undefined) break
    }
    expect(names).toEqual(allTools.map(({ name }) => name))
  })
})
