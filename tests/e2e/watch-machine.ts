import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { stalls, watchStalls } from './stalls.ts'

/** Around all e2e tests: who looks whether this machine stands still, and what it saw, told at the end. */
export default function watchMachine(): () => Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'squall-stalls-'))
  const file = join(folder, 'stalls.ndjson')
  const watch = watchStalls(file)
  return async () => {
    await watch[Symbol.asyncDispose]()
    const watching = readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line === 'watching').length
    process.stdout.write(`${watching} of ${availableParallelism()} processors of this machine were watched\n`)
    const ms = stalls(file).map(({ fromUs, toUs }) => (toUs - fromUs) / 1_000)
    if (ms.length > 0)
      process.stdout.write(
        `A processor of this machine stood still ${ms.length} times, at most ${Math.max(...ms).toFixed(0)} ms\n`,
      )
    rmSync(folder, { recursive: true, force: true })
  }
}
