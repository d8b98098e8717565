import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clearDeadRuns, listOpenRuns } from '../../src/keeper/clear.ts'
import { systemClock } from '../../src/record/clock.ts'
import { ensureEngines } from '../../src/setup/engines.ts'
import { Setting } from './stack-setting.ts'
import { leftOf, type Traces } from './stack-traces.ts'

/** The promise: within 5 s of the harness's death nothing of it is left. */
const promisedMs = 5_000

type Told = Traces & { readonly keeperPid: number }

const standInPath = fileURLToPath(new URL('stack-stand-in.ts', import.meta.url))

let setting: Setting

beforeAll(async () => {
  setting = new Setting()
  await ensureEngines()
})
afterAll(() => setting[Symbol.dispose]())

async function startStandIn(runId: string): Promise<{ readonly harness: ChildProcess; readonly told: Told }> {
  const argv = [standInPath, setting.dir, setting.stateDir, runId]
  const harness = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines = createInterface({ input: harness.stdout })
  const [line] = await Promise.race([once(lines, 'line'), once(harness, 'exit')])
  return { harness, told: JSON.parse(String(line)) }
}

/** How long until nothing was left, ms; what was left at the end of the promise. */
async function watchLeaving(traces: Traces): Promise<{ readonly tookMs: number; readonly left: readonly string[] }> {
  const fromUs = systemClock.monotonicUs()
  for (;;) {
    const left = leftOf(traces)
    const tookMs = (systemClock.monotonicUs() - fromUs) / 1_000
    if (left.length === 0 || tookMs > promisedMs) return { tookMs, left }
    await systemClock.sleep(20)
  }
}

describe('a harness that is killed while a fault acts', () => {
  it('leaves no process, port or folder, 5 s later', async () => {
    const { harness, told } = await startStandIn('killed')
    expect(leftOf(told).length, 'the watch sees what there is').toBeGreaterThan(10)
    harness.kill('SIGKILL')
    const { tookMs, left } = await watchLeaving(told)
    expect(left).toEqual([])
    console.log(`nothing left after ${tookMs.toFixed(0)} ms`)
  })

  it('leaves nothing when the keeper gets a SIGTERM of its own at the same time', async () => {
    const { harness, told } = await startStandIn('both-asked')
    harness.kill('SIGKILL')
    process.kill(told.keeperPid, 'SIGTERM')
    expect((await watchLeaving(told)).left).toEqual([])
  })
})

describe('a harness and a keeper that are killed together', () => {
  it('are found by the next start, which clears what they left', async () => {
    const { harness, told } = await startStandIn('both-killed')
    process.kill(told.keeperPid, 'SIGKILL')
    harness.kill('SIGKILL')
    await once(harness, 'exit')
    await systemClock.sleep(200)
    expect(listOpenRuns(setting.stateDir)).toMatchObject([
      { runId: 'both-killed', state: 'dead', faults: ['frozen', 'slow-db'] },
    ])
    expect(leftOf(told).length, 'nobody cleared yet').toBeGreaterThan(10)
    const [cleared] = await clearDeadRuns(setting.stateDir)
    expect(cleared).toMatchObject({ runId: 'both-killed', problems: [] })
    expect(cleared?.ended.ended).toEqual(expect.arrayContaining(['primary', 'server', 'toxiproxy', 'k6']))
    expect(leftOf(told)).toEqual([])
    expect(await clearDeadRuns(setting.stateDir), 'a second time there is nothing to do').toEqual([])
  })
})
