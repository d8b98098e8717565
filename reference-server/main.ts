import { createWriteStream } from 'node:fs'
import { asFailure } from './failure.ts'
import { Log } from './log.ts'
import { startServer } from './server.ts'
import { readSettings } from './settings.ts'

const exitUsage = 64
const exitFailed = 1

/**
 * In the background: to a file `process.stderr` waits for the disk, and every call with it. What cannot be logged is
 * lost, and the server goes on.
 */
const logFile = createWriteStream('/dev/stderr', { fd: 2, autoClose: false }).on('error', () => undefined)

async function main(): Promise<void> {
  const read = readSettings(process.env)
  if ('problems' in read) {
    process.stderr.write(`${read.problems.join('\n')}\n`)
    process.exitCode = exitUsage
    return
  }
  const log = new Log((line) => logFile.write(line))
  const server = await startServer(read.settings, log)
  let stopping = false
  const stop = async (signal: string): Promise<void> => {
    if (stopping) return
    stopping = true
    log.info('stopping', { signal })
    await server.stop()
    logFile.end(() => process.exit(0))
  }
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => void stop(signal))
  // The one line on stdout: whoever started the server waits for it.
  process.stdout.write(`${JSON.stringify({ listening: server.url })}\n`)
}

try {
  await main()
} catch (error) {
  process.stderr.write(`${JSON.stringify({ level: 'error', message: asFailure(error).message })}\n`)
  process.exitCode = exitFailed
}
