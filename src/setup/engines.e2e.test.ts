import { chown, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommand } from './command.ts'
import type { Engines, EnginesOptions } from './engines.ts'
import { ensureEngines } from './engines.ts'
import { startScratchServer } from './scratch-server.ts'
import { settingOf } from './setting.ts'

let engines: Engines
let dir: string

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'squall-engines-'))
  engines = await ensureEngines()
})

afterAll(() => rm(dir, { recursive: true, force: true }))

describe('what a local stack needs', () => {
  it('is there without a single build, once made', async () => {
    const commands: string[] = []
    const run: EnginesOptions['run'] = (argv, options) => {
      commands.push(argv.slice(0, 2).join(' '))
      return runCommand(argv, options)
    }
    expect(await ensureEngines({ run })).toEqual(engines)
    expect(new Set(commands)).toEqual(new Set(['go env']))
  })

  it('runs: k6 and Toxiproxy', async () => {
    const timeoutMs = 15_000
    const k6 = await runCommand([engines.k6.path, 'version'], { timeoutMs })
    expect(k6.output).toContain('k6/x/squall')
    expect(k6.output).toMatch(/k6\/x\/sql \[js\]/)
    const toxiproxy = await runCommand([engines.toxiproxy.path, '-version'], { timeoutMs })
    expect(toxiproxy.ok).toBe(true)
  })

  it('has a prepared database that a copy of serves', async () => {
    const { dataTemplate, postgres, places } = engines
    const account = places.postgresAccount
    if (account) await chown(dir, account.uid, account.gid)
    const copy = join(dir, 'pgdata')
    const copied = await runCommand(['cp', '-a', dataTemplate.dir, copy], { timeoutMs: 60_000 })
    expect(copied.ok).toBe(true)
    await using server = await startScratchServer(postgres, copy, settingOf())
    const { name: user, password } = dataTemplate.application
    const client = new pg.Client({
      host: '127.0.0.1',
      port: server.port,
      database: dataTemplate.database,
      user,
      password,
    })
    await client.connect()
    try {
      const show = async (setting: string) => (await client.query(`show ${setting}`)).rows[0]?.[setting]
      for (const setting of ['fsync', 'full_page_writes', 'wal_log_hints', 'data_checksums']) {
        expect([setting, await show(setting)]).toEqual([setting, 'on'])
      }
      expect(await show('listen_addresses')).toBe('127.0.0.1')
      // Superusers may use the slots that PostgreSQL reserves: the system under test must not be one.
      expect((await client.query("select current_setting('is_superuser') as it")).rows[0]?.it).toBe('off')
      // One for each of the reference server's tables (reference-server/data/tables).
      const counted = await client.query("select count(*)::int as n from pg_tables where schemaname = 'public'")
      expect(counted.rows[0]?.n).toBe(24)
    } finally {
      await client.end()
    }
    await server.stop()
  })

  it('lets nobody in without the password', async () => {
    const { dataTemplate, postgres } = engines
    await using server = await startScratchServer(postgres, join(dir, 'pgdata'), settingOf())
    const user = dataTemplate.superuser.name
    const client = new pg.Client({
      host: '127.0.0.1',
      port: server.port,
      database: 'postgres',
      user,
      password: 'guess',
    })
    await expect(client.connect()).rejects.toMatchObject({ code: '28P01' })
    await client.end().catch(() => undefined)
    await server.stop()
  })
})
