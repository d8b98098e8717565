import { BackgroundFile } from './background-file.ts'
import { asFailure } from './failure.ts'
import { Log } from './log.ts'
import { startServer } from './server.ts'
import { readSettings } from './settings.ts'

const exitUsage = 64
const exitFailed = 1

const stderr = new BackgroundFile(2)

async function main(): Promise<void> {
  const read = readSettings(process.env)
  if ('problems' in read) {
    process.stderr.write(`${read.problems.join('\n')}\n`)
    process.exitCode = exitUsage
    return
  }
  const log = new Log((line) => stderr.add(line))
  const server = await startServer(read.settings, log)
  let stopping = false
  const stop = async (signal: string): Promise<void> => {
    if (stopping) return
    stopping = true
    log.info('stopping', { signal })
    await server.stop()
    await stderr.flushed()
    process.exit(0)
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
