import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import type { BridgeTold } from '../domain/bridge.ts'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
const echo = [process.execPath, fileURLToPath(new URL('../../tests/e2e/stdio-echo.ts', import.meta.url))]

let bridge: ChildProcess | null = null
let port = 0
afterEach(async () => {
  const running = bridge
  bridge = null
  if (running === null || running.exitCode !== null) return
  running.kill('SIGTERM')
  await once(running, 'exit')
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function start(share: 'all' | 'user', max = 2, command: readonly string[] = echo): Promise<void> {
  port = await freePort()
  const env = { ...process.env, HOST: '127.0.0.1', PORT: String(port) }
  bridge = spawn(process.execPath, [main, share, String(max), ...command], {
    env,
    stdio: ['ignore', 'inherit', 'pipe'],
  })
  await expect
    .poll(
      () =>
        fetch(`http://127.0.0.1:${port}/bridge`).then(
          ({ ok }) => ok,
          () => false,
        ),
      { timeout: 15_000 },
    )
    .toBe(true)
}

async function post(message: object, session: string | null = null, headers: Record<string, string> = {}) {
  const own = session === null ? {} : { 'Mcp-Session-Id': session }
  const response = await fetch(`http://127.0.0.1:${port}/mcp`, {
    method: 'POST',
    body: JSON.stringify({ jsonrpc: '2.0', ...message }),
    headers: { 'Content-Type': 'application/json', ...own, ...headers },
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type') === 'application/json'
  return {
    status: response.status,
    session: response.headers.get('mcp-session-id'),
    text,
    json: isJson ? JSON.parse(text) : null,
  }
}

const call = (id: string | number, name: string, args: object = {}) => ({
  id,
  method: 'tools/call',
  params: { name, arguments: args },
})
const opening = (id: number) => ({
  id,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {} },
})
const told = async () => (await (await fetch(`http://127.0.0.1:${port}/bridge`)).json()) as BridgeTold

describe('one process for all', () => {
  it('gives each answer to who asked for it, though all ask under the same id, and tells what it costs', async () => {
    await start('all')
    expect((await post(opening(1))).json).toMatchObject({ id: 1, result: { protocolVersion: '2025-06-18' } })
    expect((await post({ method: 'notifications/initialized' })).status).toBe(202)
    const numbers = Array.from({ length: 200 }, (_, number) => number)
    const answers = await Promise.all(numbers.map((number) => post(call('same', 'echo', { number }))))
    expect(answers.map(({ json }) => json.result.structuredContent.number)).toEqual(numbers)
    expect(answers.every(({ json }) => json.id === 'same')).toBe(true)
    const { added, cpuUs, processes, deaths } = await told()
    expect(added[0]).toBe(200)
    expect(added[1]).toBeGreaterThan(0)
    expect(added[2].at(-1)).toBe(200)
    expect(cpuUs).toBeGreaterThan(0)
    expect({ processes, deaths }).toEqual({ processes: 1, deaths: 0 })
  })

  it('tells that the process has ended, to whoever waits for it, and starts it anew after a pause', async () => {
    await start('all')
    const waiting = post(call(1, 'silent'))
    const killing = post(call(2, 'die'))
    for (const { status, text } of await Promise.all([waiting, killing]))
      expect([status, text]).toEqual([502, 'the stdio server ended (code 7)'])
    expect((await post(call(3, 'echo'))).text).toMatch(/^the stdio server has ended; it is started anew in \d+ ms$/)
    await expect.poll(async () => (await post(call(4, 'echo', { a: 1 }))).status, { timeout: 10_000 }).toBe(200)
    expect((await told()).deaths).toBe(1)
  })

  it('ends a process whose line never ends, and keeps no more of it than a message may have', async () => {
    await start('all')
    const { status, text } = await post(call(1, 'endless'))
    expect([status, text]).toEqual([502, 'the stdio server wrote a line of over 10485760 bytes'])
  })

  it('says what it does not speak', async () => {
    await start('all')
    expect((await post(call(1, 'echo'), null, { 'MCP-Protocol-Version': '2026-07-28' })).status).toBe(400)
    expect((await fetch(`http://127.0.0.1:${port}/mcp`)).status).toBe(405)
    expect((await fetch(`http://127.0.0.1:${port}/mcp`, { method: 'POST', body: '[' })).status).toBe(400)
    expect((await post({ id: 1, method: 'x', params: 'y'.repeat(11 * 2 ** 20) })).status).toBe(413)
  })
})

describe('one process a user', () => {
  it('has one for each session, up to its number, and another for one that has gone', async () => {
    await start('user')
    const sessions = [(await post(opening(1))).session, (await post(opening(2))).session]
    const pids = await Promise.all(
      sessions.map(async (one) => (await post(call(1, 'who'), one)).json.result.structuredContent.pid),
    )
    expect(new Set(pids).size).toBe(2)
    const full = await post(opening(3))
    expect([full.status, full.text]).toEqual([503, '2 stdio servers run, and there may be 2'])
    expect((await post(call(1, 'echo'), 'nobody')).status).toBe(404)
    expect((await post(call(1, 'echo'))).status).toBe(400)
    const [first = null] = sessions
    expect((await post(call(1, 'die'), first)).status).toBe(502)
    expect((await post(call(1, 'echo'), first)).status).toBe(404)
    expect((await post(opening(4))).status).toBe(200)
    expect(await told()).toMatchObject({ processes: 2, deaths: 1 })
  })

  it('leaves nothing behind', async () => {
    await start('user')
    const { session } = await post(opening(1))
    const { pid } = (await post(call(1, 'who'), session)).json.result.structuredContent
    const running = bridge
    running?.kill('SIGTERM')
    if (running !== null) await once(running, 'exit')
    expect(() => process.kill(pid, 0)).toThrow(/ESRCH/)
  })
})

it.each([
  ['no such program', ['/no/such/program'], /cannot be run/],
  ['a program that speaks no MCP', [process.execPath, '-e', ''], /ended \(code 0\)/],
])('%s is told, and it does not listen', async (_, command, says) => {
  const env = { ...process.env, HOST: '127.0.0.1', PORT: String(await freePort()) }
  const child = spawn(process.execPath, [main, 'all', '1', ...command], { env, stdio: ['ignore', 'inherit', 'pipe'] })
  let stderr = ''
  child.stderr?.on('data', (data: Buffer) => {
    stderr += data.toString()
  })
  expect((await once(child, 'close'))[0]).toBe(1)
  expect(stderr).toMatch(says)
})
