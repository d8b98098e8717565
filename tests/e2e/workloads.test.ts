import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import type { Report } from '../../src/domain/verdict.ts'
import { readRunFolder } from '../../src/record/reader.ts'
import { expectNoMiss, expectVerdict } from './expect-no-miss.ts'
import { finding, root, SquallProcess } from './squall-process.ts'

interface Gated {
  readonly squall: SquallProcess
  readonly report: Report
  readonly exitCode: number | null
}

async function gate(args: readonly string[]): Promise<Gated> {
  const squall = new SquallProcess(['gate', ...args, '--out', '{out}'])
  const exitCode = await squall.exitCode()
  expect([0, 1, 2], squall.stderr).toContain(exitCode)
  return { squall, report: squall.report(), exitCode }
}

it('HTTP requests of the plan are sent, and each answer has its class', async () => {
  const { squall, report } = await gate(['tests/e2e/plans/http.yaml'])
  using _ = squall
  for (const id of ['ready', 'unknown']) expectVerdict(squall, report, id, 'pass')
  const row = (name: string) => report.tools.find(({ tool }) => tool === name)
  expect(row('unknown')).toMatchObject({ goodRatio: 1, errors: {} })
  expect(row('lost')?.errors).toEqual({ http_error: row('lost')?.calls })
  expect(row('wrong')?.errors).toEqual({ wrong_answer: row('wrong')?.calls })
  expect(report.errors.rows.map(({ text }) => text)).toContainEqual(expect.stringMatching(/^HTTP 404/))
})

it('SQL goes to the database; who finds no connection is told 53300, and what never ends is cut with the run', async () => {
  const { squall, report } = await gate(['tests/e2e/plans/sql.yaml'])
  using _ = squall
  const errors = new Map(report.errors.rows.map(({ text, outcome }) => [text.slice(0, 5), outcome]))
  expect(errors.get('53300')).toBe('application_error')
  expect(errors.get('42P01')).toBe('application_error')
  const one = report.tools.find(({ tool }) => tool === 'one')
  expect(one?.goodRatio).toBeGreaterThan(0.1)
  const slow = report.tools.find(({ tool }) => tool === 'slow')
  expect(slow?.goodRatio).toBe(0)
  expect(slow?.errors.timeout).toBeGreaterThan(0)
  expect(report.run.ended).toBe('planned')
  const { run } = readRunFolder(squall.out)
  expect(run.target).toMatch(/^postgres:\/\/127\.0\.0\.1:\d+\/\w+$/)
})

it('a stdio server is served by the bridge, which a fault acts on with all below it, and tells what it costs', async () => {
  const { squall, report, exitCode } = await gate(['tests/e2e/plans/stdio.yaml'])
  using _ = squall
  expectNoMiss(squall, report, exitCode)
  for (const id of ['clear-errors', 'bridge', 'faults.observed.frozen']) expect(finding(report, id).judged).toBe(true)
  const clear = report.measurements.filter(({ window }) => window === 'steady.clear')
  const measured = (id: string) => clear.find((row) => row.id === id)
  expect(measured('bridge.added_latency.p95')).toMatchObject({ kind: 'value', unit: 'ms' })
  expect(measured('bridge.cpu')?.value).toBeGreaterThan(0)
  expect(measured('bridge.deaths')?.value).toBe(0)
  const rows = readRunFolder(squall.out).bridge?.rows ?? []
  expect(Math.max(...rows.map(({ processes }) => processes ?? 0))).toBeGreaterThanOrEqual(10)
})

it('arguments come from the database by a query: each call of the run finds what it asks for', async () => {
  const { squall, report, exitCode } = await gate(['tests/e2e/plans/queried.yaml'])
  using _ = squall
  expectNoMiss(squall, report, exitCode)
  expect(finding(report, 'errors').judged).toBe(true)
  const calls = new Map(report.tools.map((row) => [row.tool, row]))
  expect([...calls.keys()].sort()).toEqual(['get_customer', 'list_contracts', 'search_customers'])
  for (const row of calls.values()) expect(row).toMatchObject({ goodRatio: 1, errors: {} })
  const asked = readRunFolder(squall.out).run
  expect(JSON.stringify(asked)).toContain('select id from customers')
})

it('a query that writes, fails, takes too long, finds nothing or lacks a field is refused before the load', async () => {
  const query = (text: string) => `from={query: "${text}"}`
  const tools = [
    `get_customer.${query('delete from customers returning id')}`,
    `list_contracts.${query('select c.nr from customers c')}`,
    `search_customers.${query("select id::text as beginning, 'small' as segmnt from customers")}`,
    `health_scores.${query('select 1 where false')}`,
    `usage.${query('select pg_sleep(60)')}`,
    `sequences.${query("select setval(pg_get_serial_sequence('customers', 'id'), 1)")}`,
  ]
  using squall = new SquallProcess([
    ...['gate', 'tests/e2e/plans/queried.yaml', '--out', '{out}'],
    ...tools.flatMap((tool) => ['--set', `load.with.tools.${tool}`]),
  ])
  expect(await squall.exitCode(), squall.stderr).toBe(64)
  expect(squall.stderr).toMatch(/get_customer\.from: syntax error/)
  expect(squall.stderr).toMatch(/list_contracts\.from: column c\.nr does not exist/)
  expect(squall.stderr).toMatch(/search_customers\.from: nothing is called segment there; there is segmnt, beginning/)
  expect(squall.stderr).toMatch(/health_scores\.from: it gives no rows/)
  expect(squall.stderr).toMatch(/usage\.from: canceling statement due to statement timeout/)
  expect(squall.stderr).toMatch(/sequences\.from: cannot execute setval\(\) in a read-only transaction/)
})

const folder = mkdtempSync(join(tmpdir(), 'squall-shop-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('a workload written by docs/writing-a-workload.md runs from a folder of its own', async () => {
  const page = readFileSync(join(root, 'docs/writing-a-workload.md'), 'utf8')
  const block = (language: string) => new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'm').exec(page)?.[1] ?? ''
  writeFileSync(join(folder, 'shop.ts'), block('ts'))
  writeFileSync(join(folder, 'shop.yaml'), block('yaml'))
  const server = `
    require('node:http').createServer((request, response) => {
      if (request.method === 'GET') return response.end('[{"id": 12}]')
      let body = ''
      request.on('data', (data) => { body += data })
      request.on('end', () => response.writeHead(JSON.parse(body).article === 12 ? 201 : 409).end())
    }).listen(Number(process.env.PORT), process.env.HOST)`
  writeFileSync(join(folder, 'shop-server.js'), server)
  const { squall, report, exitCode } = await gate([
    join(folder, 'shop.yaml'),
    '--quick',
    '--set',
    `stack.nodes.server.cwd=${folder}`,
  ])
  using _ = squall
  expectNoMiss(squall, report, exitCode)
  expect(report.tools.map(({ tool }) => tool)).toEqual(['buy', 'search'])
})
