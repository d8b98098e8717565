import { stdioShares } from '../domain/bridge.ts'
import { bridgeServer } from './bridge.ts'
import { ProcessPool } from './pool.ts'

// A process of the stack: `main.ts <share> <max> <command…>`, listening on HOST and PORT, which its processes do not get.

const [share, max, ...command] = process.argv.slice(2)
const { HOST: host, PORT: port, ...env } = process.env
const shared = stdioShares.find((one) => one === share)
if (shared === undefined || !Number.isSafeInteger(Number(max)) || command.length === 0 || port === undefined) {
  console.error('usage: HOST=… PORT=… main.ts all|user <max> <command…>')
  process.exit(64)
}

const say = (text: string) => console.error(`bridge: ${text}`)
const client = { name: 'squall-bridge', version: '1' }
const opening = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: client }
const pool = new ProcessPool({ command, env, share: shared, max: Number(max), say }, opening)
const server = bridgeServer(pool)

let ending = false
async function end(code: number): Promise<void> {
  if (ending) return
  ending = true
  server.close()
  server.closeAllConnections()
  await pool.end()
  process.exit(code)
}
process.on('SIGTERM', () => void end(0))
process.on('SIGINT', () => void end(0))

try {
  await pool.prove()
  // Only now: whoever gets a connection finds a server that has answered.
  server.listen(Number(port), host ?? '127.0.0.1')
} catch (error) {
  say(error instanceof Error ? error.message : String(error))
  await end(1)
}
