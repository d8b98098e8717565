import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'

const run = promisify(execFile)
const startMsMax = 20_000
const stopMsMax = 10_000

export interface TemporaryPostgres extends AsyncDisposable {
  readonly url: string
  readonly port: number
}

/**
 * A PostgreSQL of its own in a temporary folder, on a free port of 127.0.0.1, with as many slots as asked for.
 * Its programs come from SQUALL_PG_BIN, else from the newest Debian installation.
 */
export async function startTemporaryPostgres(maxConnections: number): Promise<TemporaryPostgres> {
  const bin = await programFolder()
  const owner = await unprivilegedOwner()
  const folder = await mkdtemp(join(tmpdir(), 'reference-postgres-'))
  const data = join(folder, 'data')
  if (owner !== undefined) await chown(folder, owner.uid, owner.gid)
  const port = await freePort()
  await run(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C'], {
    cwd: folder,
    ...owner,
  })
  const options = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: folder,
    max_connections: String(maxConnections),
    shared_buffers: '256MB',
    max_wal_size: '2GB',
  }
  const settings = Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const server = spawn(join(bin, 'postgres'), ['-D', data, ...settings], { cwd: folder, stdio: 'ignore', ...owner })
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  const stop = async (): Promise<void> => {
    await stopProcess(server)
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await answering(url)
  } catch (error) {
    await stop()
    throw error
  }
  return { url, port, [Symbol.asyncDispose]: stop }
}

async function programFolder(): Promise<string> {
  const given = process.env.SQUALL_PG_BIN
  if (given !== undefined && given !== '') return given
  const root = '/usr/lib/postgresql'
  const versions = (await readdir(root).catch(() => [])).filter((name) => /^\d+$/.test(name))
  const newest = versions.toSorted((a, b) => Number(b) - Number(a))[0]
  if (newest === undefined) throw new Error(`no PostgreSQL: set SQUALL_PG_BIN, or install one below ${root}`)
  return join(root, newest, 'bin')
}

/** PostgreSQL refuses to run as root: then `postgres`, else `nobody`, owns it. */
async function unprivilegedOwner(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'))
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = lines.find(([user]) => user === name) ?? []
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) }
  }
  throw new Error('running as root, and neither postgres nor nobody is a user of this machine')
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

async function answering(url: string): Promise<void> {
  const deadlineMs = performance.now() + startMsMax
  for (;;) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1_000 })
    client.on('error', () => {})
    try {
      await client.connect()
      await client.query('select 1')
      await client.end()
      return
    } catch (error) {
      if (performance.now() > deadlineMs) throw new Error('PostgreSQL does not answer', { cause: error })
      await sleep(50)
    }
  }
}

/** Ends a child: SIGINT (PostgreSQL's fast shutdown; ends Node too), then SIGKILL when it does not go. */
export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGINT')
  const force = setTimeout(() => child.kill('SIGKILL'), stopMsMax)
  await gone
  clearTimeout(force)
}
