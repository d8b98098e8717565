import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { beforeAll, expect, it } from 'vitest'
import type { Report } from '../../../src/domain/verdict.ts'
import { finding, SquallProcess } from '../squall-process.ts'
import { healthyEnd, isHeldUp, misses } from '../stalls.ts'
import { installGo, installPython, installTypeScript } from './install.ts'
import { startServer } from './start-server.ts'

// Servers that are not ours, in three languages, as their registries give them: `init`, then `gate` on what it wrote.

let python = ''
let everything = ''
let goServer = ''
beforeAll(async () => {
  ;[python, everything, goServer] = await Promise.all([installPython(), installTypeScript(), installGo()])
})

interface Gated {
  /** Tool → its state, as `init` told it. */
  readonly told: string
  readonly plan: string
  readonly exitCode: number | null
  readonly report: Report
  /** Judged findings that are no pass, but for those that this machine held up. */
  readonly wrong: readonly string[]
  /** Those that it held up. */
  readonly heldUp: readonly string[]
  /** How a healthy one ends on this machine. */
  readonly healthy: ReturnType<typeof healthyEnd>
}

/** A person's first two commands, with no edit between them. */
async function initAndGate(
  url: string,
  initFlags: readonly string[] = [],
  gateFlags: readonly string[] = [],
): Promise<Gated> {
  const folder = mkdtempSync(join(tmpdir(), 'squall-foreign-'))
  using cleanup = new DisposableStack()
  cleanup.defer(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'theirs.yaml')
  using init = new SquallProcess(['init', '--target', url, '--out', file, ...initFlags])
  expect(await init.exitCode(), init.stderr).toBe(0)
  using gate = new SquallProcess(['gate', file, '--quick', ...gateFlags, '--out', '{out}'])
  const exitCode = await gate.exitCode()
  expect([0, 1, 2], gate.stderr).toContain(exitCode)
  const report = gate.report()
  const wrong = misses(gate, report)
  if (exitCode === 2) expect(wrong, gate.stderr).toEqual([])
  const healthy = healthyEnd(gate, report)
  const heldUp = report.findings.filter((found) => isHeldUp(gate, report, found)).map(({ id }) => id)
  return { told: init.stderr, plan: readFileSync(file, 'utf8'), exitCode, report, wrong, heldUp, healthy }
}

/** Whatever the verdict is: the report tells what became of the calls, and how long each tool took. */
function expectTold({ report, wrong }: Gated, tools: readonly string[], outcomes: readonly string[] = []): void {
  expect(report.tools.map(({ tool }) => tool).toSorted()).toEqual(tools)
  for (const { tool, calls, p50Ms, errors } of report.tools) {
    expect(calls, tool).toBeGreaterThan(0)
    expect(p50Ms, tool).toMatchObject({ kind: 'value', unit: 'ms' })
    expect(Object.keys(errors), tool).toEqual(outcomes)
  }
  for (const id of ['errors', 'load.delivered']) expect(finding(report, id).judged).toBe(true)
  expect(wrong.filter((each) => /^\w+ (?:errors|load\.delivered): /.test(each))).toEqual([])
}

it('TypeScript: the server of the protocol’s own project, with sessions and events', async () => {
  await using server = await startServer(
    () => [process.execPath, everything, 'streamableHttp'],
    (port) => ({ PORT: String(port) }),
  )
  const gated = await initAndGate(`http://127.0.0.1:${server.port}/mcp`)
  const { told, report, wrong, exitCode, healthy } = gated
  expect(wrong).toEqual([])
  expect({ exitCode, verdict: report.verdict }).toEqual(healthy)
  expect(told).toContain('speaks MCP 2025-11-25: 13 tools')
  expect(told).toMatch(/gzip-file-as-resource +off: not allowed +it says that it writes/)
  expect(told).toMatch(/trigger-long-running-operation +off: failed +no answer within/)
  expectTold(gated, [
    'echo',
    'get-annotated-message',
    'get-env',
    'get-resource-links',
    'get-resource-reference',
    'get-structured-content',
    'get-sum',
    'get-tiny-image',
  ])
  // Nobody named a database: that its connections are not seen is told, with what would change it.
  const connections = report.notAssessed.find(({ id }) => id === 'database.connections')
  expect(connections?.why).toContain('--database')
})

it('Go: the official SDK, whose tools say nothing of themselves, and some of which ask their client', async () => {
  await using server = await startServer((port) => [goServer, '-http', `127.0.0.1:${port}`])
  const allowed = ['greet', 'greet (structured)', 'log', 'roots']
  const gated = await initAndGate(`http://127.0.0.1:${server.port}/`, ['--allow-tool', ...allowed])
  const { told, report, wrong, exitCode, healthy } = gated
  expect(wrong).toEqual([])
  expect({ exitCode, verdict: report.verdict }).toEqual(healthy)
  expect(told).toMatch(/roots +off: failed +.*roots\/list/)
  expect(told).toMatch(/sample +off: not allowed/)
  expectTold(gated, ['greet', 'greet (structured)', 'log'])
})

it('Python: FastMCP on an SQLAlchemy pool of 2 + 0 is found used up when its database is slow', async () => {
  await using stack = await startDatabase()
  await using server = await startServer(
    () => [python, fileURLToPath(new URL('bookshop.py', import.meta.url))],
    (port) => ({ PORT: String(port), DATABASE_URL: stack.through.replace(/^postgres:/, 'postgresql+psycopg2:') }),
  )
  const database = ['--database', stack.url]
  const gated = await initAndGate(`http://127.0.0.1:${server.port}/mcp`, database, database)
  const { told, plan, exitCode, report, heldUp } = gated
  expect(told).toContain('speaks MCP 2026-07-28: 4 tools')
  expect(told).toMatch(/get_book +in use +answered, with arguments from an answer of list_books/)
  expect(told).toMatch(/delete_book +off: not allowed +it says that it may destroy/)
  expect(plan + told).not.toContain(new URL(stack.url).password)
  // Who waits for a connection cannot make the next call.
  expectTold(gated, ['books_below', 'get_book', 'list_books'], ['unsent'])
  if (!heldUp.includes('connections')) expect(finding(report, 'connections').measured.value).toBe(2)
  expect(finding(report, 'faults.observed.slow-db').verdict).toBe('pass')
  const pool = finding(report, 'pool-slow-db')
  if (heldUp.includes(pool.id)) return
  expect(pool, pool.why).toMatchObject({ verdict: 'fail', measured: { value: true } })
  expect(exitCode).toBe(1)
})

interface Database extends AsyncDisposable {
  readonly url: string
  /** By way of the proxy. */
  readonly through: string
}

/** A PostgreSQL with the shop's books, and a proxy before it, both kept by Squall. */
async function startDatabase(): Promise<Database> {
  await using undo = new AsyncDisposableStack()
  const kept = await told<{ id: string; urls: { database: string } }>('up', 'tests/e2e/plans/derived-pool.yaml')
  undo.defer(async () => void (await told('down', kept.id)))
  const { database } = kept.urls
  const owner = new pg.Client({ connectionString: database })
  await owner.connect()
  await owner.query(
    'create table books (id bigint generated always as identity primary key, title text, price numeric)',
  )
  await owner.query("insert into books (title, price) select 'book ' || n, n % 40 + 5 from generate_series(1, 500) n")
  await owner.end()
  const { listen } = await told<{ listen: string }>('proxy', '--upstream', database, '--name', 'e2e-foreign')
  undo.defer(async () => void (await told('down', 'proxy-e2e-foreign')))
  const through = new URL(database)
  through.host = listen
  const owned = undo.move()
  return { url: database, through: through.href, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

/** A command that answers by JSON on stdout. */
async function told<T>(...args: readonly string[]): Promise<T> {
  using squall = new SquallProcess([...args, '--json'])
  expect(await squall.exitCode(), squall.stderr).toBe(0)
  return JSON.parse(squall.stdout) as T
}
