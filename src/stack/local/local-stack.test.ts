import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { fillIn } from './command.ts'
import { freePort, portFor, whoListens } from './ports.ts'
import { allOrNone } from './starting.ts'

async function listening(): Promise<{ readonly port: number; readonly close: () => void }> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return { port: typeof address === 'object' ? (address?.port ?? 0) : 0, close: () => server.close() }
}

describe('ports', () => {
  it('are chosen outside of those that Linux gives to outgoing connections', async () => {
    for (let draw = 0; draw < 20; draw += 1) {
      const port = await freePort()
      expect(port).toBeGreaterThanOrEqual(20_000)
      // The lower end of net.ipv4.ip_local_port_range by default.
      expect(port).toBeLessThan(32_768)
    }
  })

  it('are as the plan fixes them, if they can be had', async () => {
    const { port, close } = await listening()
    expect(whoListens(port)).toEqual({ pid: process.pid, name: expect.any(String) })
    await expect(portFor({ id: 'server', port })).rejects.toMatchObject({ kind: 'port_taken' })
    close()
    await expect.poll(() => whoListens(port)).toBe(null)
    expect(await portFor({ id: 'server', port })).toBe(port)
  })
})

describe('words in braces', () => {
  const words = [
    ['port', '80'],
    ['port', '81'],
    ['database_host', 'h$&'],
    ['cache_2_port', '6379'],
  ] as const
  it.each([
    ['{port}', '81'],
    ['--at={database_host}:{port}', '--at=h$&:81'],
    ['{unknown} {} {PORT} { port }', '{unknown} {} {PORT} { port }'],
    ['{"json": {port}}', '{"json": 81}'],
    ['{cache_2_port}', '6379'],
  ])('%s', (text, filled) => {
    expect(fillIn(text, words)).toBe(filled)
  })
})

describe('works side by side', () => {
  it('give their results in order', async () => {
    expect(
      await allOrNone<[string, number]>(new AbortController(), [Promise.resolve('a'), Promise.resolve(1)]),
    ).toEqual(['a', 1])
  })

  it('are told to give up when one fails, and the first failure comes after the last has ended', async () => {
    const giveUp = new AbortController()
    let hasEnded = false
    const slow = once(giveUp.signal, 'abort').then(async () => {
      await new Promise(setImmediate)
      hasEnded = true
      throw new Error('given up')
    })
    const works = [slow, Promise.reject(new Error('the cause'))] as const
    await expect(allOrNone<[never, never]>(giveUp, [works[0], works[1]])).rejects.toThrow('the cause')
    expect(hasEnded).toBe(true)
  })
})
