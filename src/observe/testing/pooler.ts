import { type AddressInfo, createServer, type Socket } from 'node:net'

/**
 * A pooler in transaction mode, as PgBouncer is by default: it refuses every startup parameter that would belong to one
 * session of the database (its `ignore_startup_parameters` is empty), and answers each statement with one cell.
 */
export interface Pooler extends AsyncDisposable {
  readonly url: string
  /** What was asked, in the order of asking. */
  readonly asked: readonly string[]
}

/** Those that PgBouncer keeps track of itself. */
const tracked = ['user', 'database', 'application_name', 'client_encoding', 'datestyle', 'timezone']

/** Messages of PostgreSQL's protocol, version 3, as far as one question needs them. */
function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.write(type, 0)
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

const text = (said: string): Buffer => Buffer.from(`${said}\0`)
const one = Buffer.from([0, 1])
const ready = message('Z', Buffer.from('I'))
/** Of any length, as text. */
const column = (name: string, type: number): Buffer =>
  Buffer.concat([
    text(name),
    Buffer.alloc(6),
    Buffer.from([0, 0, type >> 8, type & 255]),
    Buffer.alloc(6, 255),
    Buffer.alloc(2),
  ])

function answer(sql: string, cell: string): Buffer {
  if (!/^\s*select\b/i.test(sql)) return message('C', text('SET'))
  const length = Buffer.alloc(4)
  length.writeInt32BE(cell.length)
  const [name, type] = sql.includes('to_jsonb') ? (['row', 3802] as const) : (['count', 25] as const)
  const data = Buffer.concat([one, length, Buffer.from(cell)])
  return Buffer.concat([
    message('T', Buffer.concat([one, column(name, type)])),
    message('D', data),
    message('C', text('SELECT 1')),
  ])
}

function greet(socket: Socket, startup: Buffer): void {
  const words = startup.subarray(8).toString().split('\0')
  const refused = words.find((word, index) => index % 2 === 0 && word !== '' && !tracked.includes(word.toLowerCase()))
  if (refused === undefined) socket.write(Buffer.concat([message('R', Buffer.alloc(4)), ready]))
  else socket.end(message('E', text(`SFATAL\0VFATAL\0C08P01\0Munsupported startup parameter: ${refused}\0`)))
}

/** `cell`: what it answers to every SELECT. */
export async function startPooler(cell: string): Promise<Pooler> {
  const asked: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    let isGreeted = false
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('data', (data) => {
      if (!isGreeted) greet(socket, data)
      else if (data[0] === 'Q'.charCodeAt(0)) {
        const sql = data.subarray(5, -1).toString()
        asked.push(sql)
        socket.write(Buffer.concat([...sql.split(';').map((each) => answer(each, cell)), ready]))
      } else socket.end()
      isGreeted = true
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `postgres://app@127.0.0.1:${port}/shop`,
    asked,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
