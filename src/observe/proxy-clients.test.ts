import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { clientsAmong, countClients, socketsOf } from './proxy-clients.ts'

const head = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n'
const none = '00000000000000000000000000000000'
const row = (local: string, remote: string, state: string, inode: number) =>
  `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000  0  0 ${inode} 1 0000000027a34acd 100 0 0 10 0\n`

// 0x1920 is 6432.
const listens = row('0100007F:1920', '00000000:0000', '0A', 1)
const accepted = (remote: string, state = '01') => row('0100007F:1920', remote, state, 2)

test.each<[why: string, table: string, count: number | null]>([
  ['nobody listens there', row('0100007F:1921', '00000000:0000', '0A', 1), null],
  ['nobody is there', listens, 0],
  ['two are', listens + accepted('0100007F:A000') + accepted('0200A8C0:A000'), 2],
  ['we are one of them', listens + accepted('0100007F:A000') + row('0100007F:A000', '0100007F:1920', '01', 77), 0],
  ['another process is', listens + accepted('0100007F:A000') + row('0100007F:A000', '0100007F:1920', '01', 78), 1],
  ['it has gone, and the proxy still holds it', listens + accepted('0100007F:A000', '08'), 0],
  ['somebody is connected to the same port elsewhere', listens + row('0100007F:A000', '0300A8C0:1920', '01', 78), 0],
  [
    'it listens for all addresses',
    row(`${none}:1920`, `${none}:0000`, '0A', 1) +
      row('0000000000000000FFFF00000100007F:1920', '0000000000000000FFFF00000100007F:A000', '01', 2) +
      row('0100007F:A000', '0100007F:1920', '01', 77),
    0,
  ],
  [
    'somebody comes to it from another machine',
    row('00000000:1920', '00000000:0000', '0A', 1) + row('0300A8C0:1920', '0400A8C0:A000', '01', 2),
    1,
  ],
  [
    'another listens on the same port of another address, and has a client',
    listens + row('0200007F:1920', '00000000:0000', '0A', 3) + row('0200007F:1920', '0200007F:A000', '01', 4),
    0,
  ],
  [
    'another listens on the same port of all other addresses, and has a client',
    listens + row(`${none}:1920`, `${none}:0000`, '0A', 3) + row('0300A8C0:1920', '0400A8C0:A000', '01', 4),
    0,
  ],
  [
    'only another listens on that port',
    row('0200007F:1920', '00000000:0000', '0A', 3) + row('0200007F:1920', '0200007F:A000', '01', 4),
    null,
  ],
])('clients of a proxy where %s', (_why, table, count) => {
  expect(clientsAmong(socketsOf(head + table, 6_432), { host: '127.0.0.1', port: 6_432 }, new Set(['77']))).toBe(count)
})

test.each([
  ['192.168.0.3', '0300A8C0'],
  ['::1', '00000000000000000000000001000000'],
  ['[::1]', '00000000000000000000000001000000'],
  ['2001:db8::7:1234', 'B80D0120000000000000000034120700'],
  ['localhost', '0100007F'],
  ['localhost', '00000000000000000000000001000000'],
])('a proxy on %s listens as %s', (host, hex) => {
  const table = row(`${hex}:1920`, '00000000:0000', '0A', 1) + row(`${hex}:1920`, `${hex}:A000`, '01', 2)
  expect(clientsAmong(socketsOf(head + table, 6_432), { host, port: 6_432 }, new Set())).toBe(1)
})

test('on a real machine our own connection is seen, and is none of the system', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0
  const client = connect(port, '127.0.0.1')
  await Promise.all([once(client, 'connect'), once(server, 'connection')])
  const sockets = socketsOf(readFileSync('/proc/net/tcp', 'utf8'), port)
  expect(clientsAmong(sockets, { host: '127.0.0.1', port }, new Set())).toBe(1)
  expect(countClients({ link: 'db', host: '127.0.0.1', port })).toBe(0)
  expect(countClients({ link: 'db', host: '192.0.2.1', port })).toBeNull()
  expect(countClients({ link: 'db', host: '127.0.0.2', port })).toBeNull()
  client.destroy()
  server.close()
})

test.runIf(process.platform === 'linux')('connections of our own that come and go are nobody else’s', async () => {
  const server = createServer((socket) => socket.resume()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  let isOver = false
  const coming = Promise.all(
    Array.from({ length: 4 }, async () => {
      while (!isOver) {
        const socket = connect(port, '127.0.0.1')
        await once(socket, 'connect')
        socket.end()
        await once(socket, 'close')
      }
    }),
  )
  const counts = new Set<number | null>()
  for (let look = 0; look < 100; look += 1) {
    counts.add(countClients({ link: 'db', host: '127.0.0.1', port }))
    await new Promise((resolve) => setImmediate(resolve))
  }
  isOver = true
  await coming
  server.close()
  expect([...counts]).toEqual([0])
})
