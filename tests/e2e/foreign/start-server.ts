import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import getPort from 'get-port'

export interface StartedServer extends AsyncDisposable {
  readonly port: number
}

/** Python alone takes ten seconds to import what it needs on a busy machine. */
const startMsMax = 60_000

/** A server that Squall knows nothing of; ready once its port is open. Ended with the scope. */
export async function startServer(
  command: (port: number) => readonly [program: string, ...args: string[]],
  env: (port: number) => NodeJS.ProcessEnv = () => ({}),
): Promise<StartedServer> {
  const port = await getPort()
  const [program, ...args] = command(port)
  // What it writes of each request is not read.
  const child = spawn(program, args, { env: { ...process.env, ...env(port) }, stdio: ['ignore', 'ignore', 'inherit'] })
  const ended = once(child, 'close')
  const stop = async () => {
    child.kill('SIGKILL')
    await ended
  }
  const untilMs = performance.now() + startMsMax
  while (!(await isOpen(port))) {
    if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode} before it listened`)
    if (performance.now() > untilMs) {
      await stop()
      throw new Error(`${program} does not listen after ${startMsMax} ms`)
    }
    await sleep(100)
  }
  return { port, [Symbol.asyncDispose]: stop }
}

async function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
