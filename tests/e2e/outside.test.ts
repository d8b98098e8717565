import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import pg from 'pg'
import { expect, it } from 'vitest'
import { listOpenRuns } from '../../src/keeper/clear.ts'
import { findPlaces } from '../../src/setup/places.ts'
import { expectEnd, expectVerdict } from './expect-no-miss.ts'
import { finding, root, SquallProcess } from './squall-process.ts'

const plan = 'tests/e2e/plans/derived-pool.yaml'
const secret = 'not-to-be-seen-7f3a'

/** A command that answers by JSON on stdout. */
async function told<T>(...args: readonly string[]): Promise<T> {
  using squall = new SquallProcess([...args, '--json'])
  expect(await squall.exitCode(), squall.stderr).toBe(0)
  return JSON.parse(squall.stdout) as T
}

/** A server that somebody else has started, before the database that it is pointed at. */
async function someServer(databaseUrl: string): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const child = spawn(process.execPath, [join(root, 'tests/e2e/two-connections.ts')], {
    env: { ...process.env, DATABASE_URL: databaseUrl, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  return { child, url: line.toString().trim() }
}

function at(url: string, host: string): string {
  const there = new URL(url)
  there.host = host
  return there.href
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

const open = () => listOpenRuns(findPlaces().stateDir).map(({ runId }) => runId)

/** A database that somebody else keeps, a login that may look at it, and a proxy before it. */
async function databaseBehind(proxyName: string) {
  const kept = await told<{ id: string; urls: { database: string } }>('up', plan)
  const { database } = kept.urls
  const owner = new pg.Client({ connectionString: database })
  await owner.connect()
  await owner.query(`create role looker login password '${secret}'`)
  await owner.query('grant pg_monitor to looker')
  await owner.end()
  const { listen } = await told<{ listen: string }>('proxy', '--upstream', database, '--name', proxyName)
  const look = new URL(database)
  look.username = 'looker'
  look.password = secret
  const end = async (): Promise<void> => {
    await told('down', `proxy-${proxyName}`)
    await told('down', kept.id)
  }
  return { id: kept.id, database, look: look.href, listen, [Symbol.asyncDispose]: end }
}

it('a pool of two behind a proxy is found used up, by the address of its database alone, and nothing stays', async () => {
  const outside = await databaseBehind('e2e-outside')
  const { look, listen } = outside
  const server = await someServer(at(outside.database, listen))
  try {
    using squall = new SquallProcess(['gate', plan, '--target', server.url, '--database', look, '--out', '{out}'])
    const exitCode = await squall.exitCode()
    const report = squall.report()
    expectEnd(squall, report, exitCode, 'fail')
    expect(finding(report, 'faults.observed.slow').verdict).toBe('pass')
    if (expectVerdict(squall, report, 'pool-slow', 'fail')) {
      expect(finding(report, 'pool-slow').measured).toMatchObject({ value: true })
      expect(finding(report, 'pool-slow').measured.method).toContain("derived from the database's sessions of all but")
    }
    expectVerdict(squall, report, 'pool-calm', 'pass')
    expect(report.notAssessed.map(({ id }) => id)).toContain('leaked')
    const seen = filesIn(squall.out).filter((file) => readFileSync(file, 'utf8').includes(secret))
    expect(seen).toEqual([])
    expect(squall.stderr + squall.stdout).not.toContain(secret)
    // Healed: with 600 ms on each of its round trips a login takes longer.
    const through = new pg.Client({ connectionString: at(look, listen), connectionTimeoutMillis: 1_500 })
    await through.connect()
    await through.end()
  } finally {
    server.child.kill()
    await outside[Symbol.asyncDispose]()
  }
  expect(open().filter((id) => id === 'proxy-e2e-outside' || id === outside.id)).toEqual([])
  const [host = '', port] = listen.split(':')
  const [refused] = (await once(connect(Number(port), host), 'error')) as [NodeJS.ErrnoException]
  expect(refused.code).toBe('ECONNREFUSED')
})

it('a server that does not come through the proxy is not passed by a fault that reached nobody but us', async () => {
  await using outside = await databaseBehind('e2e-unused')
  const server = await someServer(outside.database)
  try {
    using squall = new SquallProcess([
      ...['gate', plan, '--target', server.url, '--database', outside.look, '--out', '{out}'],
    ])
    expect(await squall.exitCode(), squall.stderr).toBe(2)
    const report = squall.report()
    expect(finding(report, 'pool-slow')).toMatchObject({ verdict: 'unknown', reason: 'fault_not_observed' })
    expect(finding(report, 'pool-slow').why).toContain(`point the server at ${outside.listen}`)
    expectVerdict(squall, report, 'pool-calm', 'pass')
  } finally {
    server.child.kill()
  }
})
