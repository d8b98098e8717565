/** What a server may use beside its database: `node stand-in-service.ts redis|http` answers each question at HOST and PORT. */
import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:net'

const [kind] = process.argv.slice(2)
const { HOST = '127.0.0.1', PORT = '0' } = process.env

const server =
  kind === 'redis'
    ? createServer((socket) => {
        socket.on('error', () => undefined)
        socket.on('data', () => socket.write('+PONG\r\n'))
      })
    : createHttpServer((_, response) => response.end('{}'))
server.listen(Number(PORT), HOST)
