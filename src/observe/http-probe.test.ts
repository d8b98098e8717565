import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { afterEach, expect, it } from 'vitest'
import { usualQuestion } from '../domain/probe-sample.ts'
import { httpTarget } from './http-probe.ts'

let server: Server | null = null
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

async function listening(answer: RequestListener): Promise<string> {
  server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/ready`
}

it('any status is an answer, on one socket', async () => {
  const sockets = new Set<number | undefined>()
  const url = await listening((request, answer) => {
    sockets.add(request.socket.remotePort)
    answer.writeHead(503).end('not ready')
  })
  const line = httpTarget(url).newLine('long')
  await line.open()
  for (let turn = 0; turn < 3; turn += 1) {
    expect(await line.ask(usualQuestion)).toBe(null)
    // The rest of an answer is read before the next question.
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  line.destroy()
  expect(sockets.size).toBe(1)
})

it('a socket that the server closed between two questions is told', async () => {
  const url = await listening((_, answer) => answer.end())
  const target = httpTarget(url)
  const line = target.newLine('long')
  await line.open()
  await new Promise((resolve) => setTimeout(resolve, 20))
  server?.closeAllConnections()
  await new Promise((resolve) => setTimeout(resolve, 20))
  const error: unknown = await line.ask(usualQuestion).catch((cause: unknown) => cause)
  expect(target.classify(error)).toBe('closed')
})

it('a server that closes after each answer, and says so, is well', async () => {
  const url = await listening((_, answer) => answer.setHeader('connection', 'close').end())
  const line = httpTarget(url).newLine('long')
  await line.open()
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(await line.ask(usualQuestion)).toBe(null)
})

it.each([
  ['nobody listens', 'refused'],
  ['the connection is reset', 'reset'],
])('%s: %s', async (why, kind) => {
  const url = await listening((request) => request.socket.resetAndDestroy())
  if (why === 'nobody listens') server?.close()
  const target = httpTarget(url)
  const error: unknown = await target
    .newLine('fresh')
    .open()
    .catch((cause: unknown) => cause)
  expect(target.classify(error)).toBe(kind)
})
