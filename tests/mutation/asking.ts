import type { TestSpecification, Vitest } from 'vitest/node'
import type { Caught, Exchange, Way } from './exchange.ts'
import type { Mutant } from './mutants.ts'

/**
 * How many more tests each mutant is asked of in each round, cheapest first: most are caught in the first, and those
 * that survive cost every test that comes by them.
 */
const roundSizes = [3, 8, 30, Number.POSITIVE_INFINITY]
/** Lines: a test that caught what stands so near is asked before cheaper ones. */
const nearLinesMax = 15

const briefFilesMax = 4

export interface Limits {
  /** Slower tests are not asked. */
  readonly testMsMax: number
  /** No mutant is asked of more tests. */
  readonly testsMax: number
}

/** Asks the tests about every mutant, in rounds. */
export class Asking {
  readonly #vitest: Vitest
  readonly #exchange: Exchange
  readonly #specifications: readonly TestSpecification[]
  readonly #chosen: readonly Mutant[]
  /** Of the files that failed last. */
  #whys: readonly { readonly message: string }[] = []

  constructor(
    vitest: Vitest,
    exchange: Exchange,
    specifications: readonly TestSpecification[],
    chosen: readonly Mutant[],
  ) {
    this.#vitest = vitest
    this.#exchange = exchange
    this.#specifications = specifications
    this.#chosen = chosen
  }

  /** Which test comes by which mutant. Throws where a test fails although no mutant is on. */
  async ways(): Promise<readonly Way[]> {
    this.#exchange.setTask({ kind: 'ways' })
    const failed = await this.#run(this.#specifications)
    this.#refuse([...failed])
    return this.#exchange.ways()
  }

  /** Runs each test for the mutants that it comes by, until one has caught each. */
  async ask(ways: readonly Way[], { testMsMax, testsMax }: Limits): Promise<void> {
    const quick = ways.filter(({ ms }) => ms <= testMsMax)
    const fileOf = new Map(quick.map(({ test, file }) => [test, file]))
    const left = new Map(this.#chosen.map((mutant) => [mutant, waysOf(mutant, quick)]))
    let asked = 0
    for (const size of roundSizes) {
      const caught = this.#exchange.caught()
      const mutants: Record<string, number[]> = {}
      for (const [mutant, own] of left) {
        if (caught.has(mutant.id)) continue
        const near = catchesNear(mutant, this.#chosen, caught)
        own.sort((a, b) => (near.get(b.test) ?? 0) - (near.get(a.test) ?? 0) || a.asked - b.asked)
        for (const { test } of own.splice(0, Math.min(size, testsMax - asked))) {
          const ids = mutants[test] ?? []
          mutants[test] = ids
          ids.push(mutant.id)
        }
      }
      asked += size
      const files = new Set(Object.keys(mutants).map((test) => fileOf.get(test)))
      if (files.size === 0) continue
      this.#exchange.setTask({ kind: 'ask', mutants })
      const failed = await this.#run(this.#specifications.filter(({ moduleId }) => files.has(moduleId)))
      this.#refuse([...failed])
    }
  }

  /**
   * What a module does once, when it is read, is changed only if the mutant is on by then: each test file, with one
   * mutant each, as long as there are any left. The files that caught most of the mutant's own file come first.
   * A process and a whole file each: with `isBrief` four files are asked, of what no test comes by as it runs.
   */
  async read(isBrief: boolean): Promise<void> {
    const left = this.#filesThatRead(isBrief)
    for (;;) {
      const caught = this.#exchange.caught()
      const mutants: Record<string, number> = {}
      for (const [mutant, files] of left) {
        const at = caught.has(mutant.id) ? -1 : files.findIndex((file) => mutants[file] === undefined)
        const [file] = at < 0 ? [] : files.splice(at, 1)
        if (file !== undefined) mutants[file] = mutant.id
      }
      if (Object.keys(mutants).length === 0) return
      this.#exchange.setTask({ kind: 'read', mutants })
      for (const file of await this.#run(this.#specifications.filter(({ moduleId }) => moduleId in mutants)))
        this.#exchange.addCaught({ mutant: mutants[file] ?? -1, test: null, name: file })
    }
  }

  #filesThatRead(isBrief: boolean): ReadonlyMap<Mutant, string[]> {
    const caught = this.#exchange.caught()
    const ways = this.#exchange.ways()
    const fileOf = new Map(ways.map(({ test, file }) => [test, file]))
    const inTests = new Set(isBrief ? ways.flatMap(({ mutants }) => mutants) : [])
    const catches = new Map<string, number>()
    for (const { id, file } of this.#chosen) {
      const key = `${file} ${fileOf.get(caught.get(id)?.test ?? '')}`
      catches.set(key, (catches.get(key) ?? 0) + 1)
    }
    const readings = this.#exchange.readings()
    const left = new Map<Mutant, string[]>()
    for (const mutant of this.#chosen.filter(({ id }) => !inTests.has(id))) {
      const files = readings.filter(({ mutants }) => mutants.includes(mutant.id)).map(({ file }) => file)
      const of = (file: string): number => catches.get(`${mutant.file} ${file}`) ?? 0
      left.set(mutant, files.sort((a, b) => of(b) - of(a)).slice(0, isBrief ? briefFilesMax : files.length))
    }
    return left
  }

  /** The files that failed. */
  async #run(specifications: readonly TestSpecification[]): Promise<ReadonlySet<string>> {
    const { testModules } = await this.#vitest.runTestSpecifications([...specifications], true)
    const failed = testModules.filter((module) => !module.ok())
    this.#whys = failed.flatMap((module) => [
      ...module.errors(),
      ...[...module.children.allTests('failed')].flatMap((test) => test.result().errors ?? []),
    ])
    return new Set(failed.map(({ moduleId }) => moduleId))
  }

  #refuse(failed: readonly string[]): void {
    const unsteady = [...new Set(this.#exchange.unsteady())]
    if (failed.length > 0) throw new Error(`without any mutant these fail: ${failed.join()}: ${this.#whys[0]?.message}`)
    if (unsteady.length > 0) throw new Error(`run once more, without any mutant, these fail: ${unsteady.join()}`)
  }
}

function waysOf({ id }: Mutant, ways: readonly Way[]): Way[] {
  return ways.filter(({ mutants }) => mutants.includes(id))
}

/** By test: how many of the mutants near it were caught by it. */
function catchesNear(
  { file, line }: Mutant,
  chosen: readonly Mutant[],
  caught: ReadonlyMap<number, Caught>,
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const other of chosen) {
    const test = caught.get(other.id)?.test ?? null
    if (test === null || other.file !== file || Math.abs(other.line - line) > nearLinesMax) continue
    counts.set(test, (counts.get(test) ?? 0) + 1)
  }
  return counts
}
