import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What the program and the workers in which tests run tell one another, through files of a temporary folder. */
export class Exchange {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  setTask(task: Task): void {
    writeFileSync(join(this.#folder, 'task.json'), JSON.stringify(task))
  }

  task(): Task {
    return JSON.parse(readFileSync(join(this.#folder, 'task.json'), 'utf8')) as Task
  }

  addCaught(by: Caught): void {
    this.#add('caught', by)
  }

  /** By mutant. */
  caught(): ReadonlyMap<number, Caught> {
    return new Map(this.#rows<Caught>('caught').map((by) => [by.mutant, by]))
  }

  addWay(way: Way): void {
    this.#add('ways', way)
  }

  ways(): readonly Way[] {
    return this.#rows<Way>('ways')
  }

  addReading(reading: Reading): void {
    this.#add('readings', reading)
  }

  readings(): readonly Reading[] {
    return this.#rows<Reading>('readings')
  }

  /** A test that fails without any mutant when it is run once more: it would catch everything. */
  addUnsteady(test: string): void {
    this.#add('unsteady', test)
  }

  unsteady(): readonly string[] {
    return this.#rows<string>('unsteady')
  }

  #add(name: string, row: unknown): void {
    appendFileSync(join(this.#folder, name), `${JSON.stringify(row)}\n`)
  }

  #rows<Row>(name: string): readonly Row[] {
    const path = join(this.#folder, name)
    if (!existsSync(path)) return []
    const text = readFileSync(path, 'utf8')
    // Another worker may be in the middle of its row: it is read the next time.
    const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n')
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Row)
  }
}

/** What the workers are to do. */
export type Task =
  /** Tell which mutants' places each test comes by. */
  | { readonly kind: 'ways' }
  /** Run each test once more for each of its mutants. By the test's id. */
  | { readonly kind: 'ask'; readonly mutants: Readonly<Record<string, readonly number[]>> }
  /** Have one mutant on before any module is read. By the test file's path. */
  | { readonly kind: 'read'; readonly mutants: Readonly<Record<string, number>> }

/** A mutant that made a test fail. */
export interface Caught {
  readonly mutant: number
  /** The test's id; null: it was on from the start, and what failed is the file. */
  readonly test: string | null
  readonly name: string
}

/** What one test comes by. */
export interface Way {
  readonly test: string
  readonly file: string
  readonly ms: number
  /** How often it asked a switch: what it costs, and the same each time. */
  readonly asked: number
  readonly mutants: readonly number[]
}

/** What a test file comes by while its modules are read. */
export interface Reading {
  readonly file: string
  readonly mutants: readonly number[]
}
