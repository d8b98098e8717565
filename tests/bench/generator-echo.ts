/** The echo as a process of its own, answering at once. */
import { createEcho } from './echo.ts'

const server = createEcho()
// Whoever started this process reads the port from its first line, and ends it by ending its standard input.
server.listen(0, '127.0.0.1', 4096, () => {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  console.log(address.port)
})
process.stdin.resume().on('end', () => process.exit(0))
