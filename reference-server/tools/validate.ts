import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { Failure } from '../failure.ts'
import type { Row } from '../pool/connection.ts'
import type { Tool } from './tool.ts'

/** Checks arguments against the tools' schemas, compiled once. */
export class ArgumentChecks {
  readonly #ajv = new Ajv2020({ useDefaults: true, allErrors: true })
  readonly #checks: ReadonlyMap<Tool, ValidateFunction>

  constructor(tools: readonly Tool[]) {
    this.#checks = new Map(tools.map((tool) => [tool, this.#ajv.compile({ ...tool.inputSchema })]))
  }

  /** The arguments with defaults filled in (in place). Throws `invalid_arguments` that names every problem. */
  apply(tool: Tool, args: unknown): Row {
    const check = this.#checks.get(tool)
    if (check === undefined) throw new Failure('internal_error', `no argument check for ${tool.name}`)
    if (check(args)) return args as Row
    const problems = this.#ajv.errorsText(check.errors, { dataVar: 'arguments', separator: '; ' })
    throw new Failure('invalid_arguments', problems, { tool: tool.name })
  }
}
