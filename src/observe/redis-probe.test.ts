import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { redisTarget } from './redis-probe.ts'

let server: Server | null = null
const sockets = new Set<Socket>()
afterEach(() => {
  for (const socket of sockets) socket.destroy()
  sockets.clear()
  server?.close()
  server = null
})

/** Its port; `answer` is what each line gets. */
async function listen(answer: (line: string, socket: Socket) => void): Promise<number> {
  const listening = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('data', (data) => answer(String(data), socket))
  })
  server = listening
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
  const address = listening.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

const lineTo = (port: number) => redisTarget('127.0.0.1', port).newLine('long')

it('asks PING, and takes any line for an answer, in pieces too', async () => {
  const asked: string[] = []
  const port = await listen((line, socket) => {
    asked.push(line)
    socket.write('-NOAUTH Auth')
    setTimeout(() => socket.write('entication required.\r\n'), 5)
  })
  const line = lineTo(port)
  await line.open()
  expect(await line.ask({ sql: null, isLarge: false })).toBeNull()
  expect(asked).toEqual(['PING\r\n', 'PING\r\n'])
  line.destroy()
})

it('tells a connection that was closed, and one that was refused', async () => {
  const port = await listen((_, socket) => socket.end())
  const target = redisTarget('127.0.0.1', port)
  const closed = await target
    .newLine('fresh')
    .open()
    .then(
      () => null,
      (error: unknown) => error,
    )
  expect(target.classify(closed)).toBe('closed')
  server?.close()
  const nobody = redisTarget('127.0.0.1', 1)
  const refused = await nobody
    .newLine('fresh')
    .open()
    .then(
      () => null,
      (error: unknown) => error,
    )
  expect(nobody.classify(refused)).toBe('refused')
})

it('gives up on what sends no end of line', async () => {
  const port = await listen((_, socket) => socket.write('x'.repeat(10_000)))
  await expect(lineTo(port).open()).rejects.toThrow('closed the connection')
})
