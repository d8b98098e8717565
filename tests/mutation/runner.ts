import fc from 'fast-check'
import { type RunnerTestCase, TestRunner } from 'vitest'
import { Exchange } from './exchange.ts'
import { MutantSwitch } from './switch.ts'

/** A mutant may ask so much more than the test without it, for a longer way to the same end. */
const askedFactor = 10
const askedMore = 100_000
/** Of a file that is run once with a mutant on from the start. */
const askedByFileMax = 50_000_000

const exchange = new Exchange(process.env.SQUALL_MUTATION ?? '')
const task = exchange.task()
const mutants = new MutantSwitch()
Object.assign(globalThis, { squallMutant: (id: number) => mutants.ask(id) })
// What a property test draws must not decide whether a mutant is caught.
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: 1 })

/** Runs each test as ever, and then again with each of its mutants switched on: one process for all of them. */
export default class MutationRunner extends TestRunner {
  #isRead = false

  override onCollectStart(file: Parameters<TestRunner['onCollectStart']>[0]): void {
    super.onCollectStart(file)
    const on = task.kind === 'read' ? task.mutants[file.filepath] : undefined
    if (on === undefined) return
    mutants.on = on
    mutants.askedMax = askedByFileMax
  }

  async runTask(test: RunnerTestCase): Promise<void> {
    const run = TestRunner.getTestFn(test)
    if (task.kind === 'ways') await this.#tellWay(test, run)
    else if (task.kind === 'ask') await ask(test, run, task.mutants[test.id] ?? [])
    else await run()
  }

  async #tellWay(test: RunnerTestCase, run: () => unknown): Promise<void> {
    const file = test.file.filepath
    if (!this.#isRead) exchange.addReading({ file, mutants: [...mutants.passed] })
    this.#isRead = true
    mutants.passed.clear()
    mutants.asked = 0
    const startMs = performance.now()
    await run()
    const ms = performance.now() - startMs
    exchange.addWay({ test: test.id, file, ms, asked: mutants.asked, mutants: [...mutants.passed] })
    await runAgain(test, run)
  }
}

async function ask(test: RunnerTestCase, run: () => unknown, own: readonly number[]): Promise<void> {
  if (own.length === 0) return
  mutants.asked = 0
  await run()
  mutants.askedMax = mutants.asked * askedFactor + askedMore
  for (const id of own) {
    if (exchange.caught().has(id)) continue
    mutants.asked = 0
    mutants.on = id
    try {
      await run()
    } catch {
      exchange.addCaught({ mutant: id, test: test.id, name: `${test.file.name} > ${test.name}` })
    } finally {
      mutants.on = null
    }
  }
  mutants.askedMax = Number.POSITIVE_INFINITY
  await runAgain(test, run)
}

/** What failed because an earlier turn left something behind was not caught. */
async function runAgain(test: RunnerTestCase, run: () => unknown): Promise<void> {
  try {
    await run()
  } catch {
    exchange.addUnsteady(`${test.file.name} > ${test.name}`)
  }
}
