import { spawn } from 'node:child_process'
import { join } from 'node:path'
import getPort from 'get-port'
import { lastWords } from './command.ts'
import { postgresStartMsMax, postgresStopMsMax } from './limits.ts'
import type { Postgres } from './postgres.ts'
import type { Setting } from './setting.ts'
import { SetupError } from './setup-error.ts'

/** A server that runs only while its data is prepared. */
export interface ScratchServer extends AsyncDisposable {
  readonly port: number
  /** Orderly: all is on disk afterwards, and the data directory can be copied. Rejects with a SetupError. */
  stop(): Promise<void>
}

/** Another process may take the free port between our look and the server's start. */
const startTriesMax = 3

/** Starts the server on a free port of 127.0.0.1. It is ended when this process dies, however that happens. */
export async function startScratchServer(
  postgres: Postgres,
  dataDir: string,
  setting: Setting,
): Promise<ScratchServer> {
  const account = setting.places.postgresAccount
  const pgCtl = join(postgres.binDir, 'pg_ctl')
  const call = (args: readonly string[], timeoutMs: number) =>
    setting.run([pgCtl, '-D', dataDir, '-w', ...args], { timeoutMs, account, env: { LC_ALL: 'C' } })

  // The guard waits for the end of its input, which comes with our end, and then ends what still runs there.
  const guard = spawn('/bin/sh', ['-c', 'cat >/dev/null; exec "$0" -D "$1" -m immediate stop', pgCtl, dataDir], {
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true, // a Ctrl-C in the terminal must not reach it
    ...(account ? { uid: account.uid, gid: account.gid } : {}),
  })
  guard.on('error', () => undefined)
  guard.unref()

  let isRunning = true
  const port = await start().catch((error: unknown) => {
    guard.stdin.end()
    throw error
  })

  async function start(): Promise<number> {
    let output = ''
    for (let tries = 0; tries < startTriesMax; tries += 1) {
      const free = await getPort({ host: '127.0.0.1' })
      const log = `${dataDir}.log`
      const timeout = String(postgresStartMsMax / 1000)
      const result = await call(['-t', timeout, '-l', log, '-o', `-p ${free}`, 'start'], postgresStartMsMax + 5_000)
      if (result.ok) return free
      output = result.output
    }
    throw new SetupError({
      kind: 'database-failed',
      message: `PostgreSQL ${postgres.version} does not start:\n${lastWords(output)}`,
      hint: 'squall doctor tells what PostgreSQL is used and where it lies',
    })
  }

  async function end(mode: 'fast' | 'immediate'): Promise<void> {
    if (!isRunning) return
    isRunning = false
    const timeout = String(postgresStopMsMax / 1000)
    const result = await call(['-t', timeout, '-m', mode, 'stop'], postgresStopMsMax + 5_000)
    guard.stdin.end()
    if (result.ok) return
    throw new SetupError({
      kind: 'database-failed',
      message: `PostgreSQL ${postgres.version} does not stop:\n${lastWords(result.output)}`,
      hint: 'start again; the half-made data directory is not used',
    })
  }

  return { port, stop: () => end('fast'), [Symbol.asyncDispose]: () => end('immediate') }
}
