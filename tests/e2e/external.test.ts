import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { certificate, certificateKey } from '../../src/mcp-client/testing/certificate.ts'
import {
  type Behaviour,
  legacy,
  sayEvents,
  sayJson,
  startStrangeServer,
} from '../../src/mcp-client/testing/strange-server.ts'
import { expectEnd, expectVerdict } from './expect-no-miss.ts'
import { SquallProcess } from './squall-process.ts'

const token = 't0ps3cret-4711'

const folders: string[] = []
function ownFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'squall-external-'))
  folders.push(folder)
  return folder
}
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

const plan = (url: string, tls = '') => `squall: 1
name: theirs
stack: {kind: external, nodes: {server: {role: mcp, url: "${url}", auth: {env: SQUALL_TEST_TOKEN}${tls}}}}
load:
  workload: echo
  pace: 400 ms
  call_timeout: 1 s
  phases: [{id: steady, for: 10 s, users: 10}]
objectives:
  - {id: wrong, measure: tool.error_ratio, during: steady, max: 0.01}
  - {id: connections, measure: database.connections.peak, during: steady, max: 20}
`

function gate(url: string, tls?: string): SquallProcess {
  const file = join(ownFolder(), 'theirs.yaml')
  writeFileSync(file, plan(url, tls))
  return new SquallProcess(['gate', file, '--out', '{out}'], { SQUALL_TEST_TOKEN: token })
}

/** Lists `echo`, and gives each call to the next of `ways`. */
function inTurn(ways: readonly Behaviour[]): Behaviour {
  const usual = legacy(new Set())
  let calls = 0
  return (message, response, request) => {
    if (message.method === 'tools/call' && request.headers['mcp-session-id'] !== undefined) {
      ways[calls++ % ways.length]?.(message, response, request)
    } else if (message.method === 'tools/list' && request.headers['mcp-session-id'] !== undefined) {
      sayJson(response, 200, { id: message.id, result: { tools: [{ name: 'echo' }] } })
    } else usual(message, response, request)
  }
}

const right: Behaviour = ({ id, params }, response) =>
  sayEvents(response, [{ method: 'notifications/progress' }, { id, result: { structuredContent: params?.arguments } }])

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
}

it('a server that misbehaves in every way: the run ends in time, each way has its class, and nothing is followed', async () => {
  let followed = 0
  const elsewhere = createServer((socket) => {
    followed += 1
    socket.destroy()
  })
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
  const address = elsewhere.address()
  const port = typeof address === 'object' ? address?.port : 0
  const megabyte = Buffer.alloc(1_048_576, 'x')
  const ways: Behaviour[] = [
    right,
    (_message, response) => sayJson(response, 200, { id: 'other', result: { content: [] } }),
    ({ id }, response) =>
      void response.writeHead(200, { 'Content-Type': 'text/event-stream' }).end(`data: {"jsonrpc":"2.0","id":"${id}",`),
    (_message, response) => sayEvents(response, [{ method: 'ping' }], true),
    ({ id, params }, response) => sayEvents(response, [{ id, result: { structuredContent: params?.arguments } }], true),
    (_message, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' })
      for (let megabytes = 0; megabytes < 10; megabytes++) response.write(megabyte)
      response.end()
    },
    (_message, response) => void response.writeHead(200, { 'Content-Type': 'application/json' }).end('{nope'),
    (_message, response) => void response.writeHead(307, { Location: `http://127.0.0.1:${port}/` }).end(),
    ({ id }, response) => sayJson(response, 200, { id, error: { code: -32602, message: 'Unknown tool: echo' } }),
    (_message, response, request) => void response.writeHead(403).end(`no: ${request.headers.authorization}`),
    (_message, response) => void response.writeHead(429, { 'Retry-After': '1' }).end(),
  ]
  await using server = await startStrangeServer(inTurn(ways))
  const begun = performance.now()
  using squall = gate(server.url)
  const exitCode = await squall.exitCode()
  expect(performance.now() - begun).toBeLessThan(60_000)
  const report = squall.report()
  expectEnd(squall, report, exitCode, 'fail')
  const told = report.errors.rows.map(({ outcome, text }) => `${outcome}: ${text}`)
  expect(told).toEqual(
    expect.arrayContaining([
      "wrong_answer: the answer carries another request's id",
      'wrong_answer: an event of the answer is not JSON',
      expect.stringMatching(/^timeout: /),
      'wrong_answer: the answer is longer than 4194304 bytes',
      'wrong_answer: the answer is not JSON',
      'http_error: HTTP 307',
      'rpc_error: JSON-RPC error -32602: Unknown tool: echo',
      'http_error: HTTP 403: no: ***',
      'rate_limited: HTTP 429',
    ]),
  )
  expect(told.filter((text) => text.startsWith('generator_error'))).toEqual([])
  expectVerdict(squall, report, 'load.delivered', 'pass')
  expect(report.notAssessed.map(({ id }) => id)).toContain('connections')
  // Of a database that Squall did not start nobody knows where its data lie.
  expect(report.run.environment).not.toHaveProperty('databaseData')
  expect(followed).toBe(0)
  for (const file of filesBelow(squall.out)) expect(readFileSync(file, 'utf8'), file).not.toContain(token)
  expect(squall.stderr).not.toContain(token)
  await new Promise((resolve) => elsewhere.close(resolve))
})

it('another machine is refused before a socket opens', async () => {
  using squall = new SquallProcess(['gate', '--target', 'http://192.0.2.1:9/mcp', '--out', '{out}'])
  const begun = performance.now()
  expect(await squall.exitCode()).toBe(64)
  expect(squall.stderr).toContain('--allow-host 192.0.2.1')
  expect(performance.now() - begun).toBeLessThan(20_000)
})

it('users trust the certificates that the plan names, and without them nobody comes in', async () => {
  await using server = await startStrangeServer(inTurn([right]), { cert: certificate, key: certificateKey })
  const file = join(ownFolder(), 'ca.pem')
  writeFileSync(file, certificate)
  using trusting = gate(server.url, `, tls: {ca: "${file}"}`)
  const exitCode = await trusting.exitCode()
  expectEnd(trusting, trusting.report(), exitCode, 'pass')
  expect(trusting.report().load.callsSent).toBeGreaterThan(100)
  using doubting = gate(server.url)
  expect(await doubting.exitCode()).toBe(3)
  expect(doubting.stderr).toContain('DEPTH_ZERO_SELF_SIGNED_CERT')
})
