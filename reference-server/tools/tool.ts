import type { Row } from '../pool/connection.ts'
import { type ArgumentsOf, type Fields, inputSchema, type JsonSchema } from './input.ts'
import type { Access, Transaction } from './transaction.ts'

export const categories = {
  core: 5,
  onboarding: 8,
  health: 8,
  retention: 7,
  communication: 6,
  support: 6,
  expansion: 8,
  feedback: 6,
} as const

export type Category = keyof typeof categories
export type Answer = Readonly<Record<string, unknown>>

export interface Tool {
  readonly name: string
  readonly description: string
  readonly inputSchema: JsonSchema
  readonly access: Access
  /** True when a call replaces what was there; false when it only adds. Meaningless for reads. */
  readonly destructive: boolean
  /** `args` have passed `inputSchema`, defaults filled in. Throws a Failure for what the caller got wrong. */
  run(transaction: Transaction, args: Row): Promise<Answer>
}

interface Definition<F extends Fields> {
  readonly name: string
  readonly description: string
  readonly input: F
  run(transaction: Transaction, args: ArgumentsOf<F>): Promise<Answer>
}

function tool<F extends Fields>(access: Access, destructive: boolean, definition: Definition<F>): Tool {
  const { name, description, input, run } = definition
  return {
    name,
    description,
    inputSchema: inputSchema(input),
    access,
    destructive,
    // The schema made from the same fields has been applied: this is where the check becomes a type.
    run: (transaction, args) => run(transaction, args as ArgumentsOf<F>),
  }
}

export function readTool<F extends Fields>(definition: Definition<F>): Tool {
  return tool('read', false, definition)
}

export function addTool<F extends Fields>(definition: Definition<F>): Tool {
  return tool('write', false, definition)
}

export function changeTool<F extends Fields>(definition: Definition<F>): Tool {
  return tool('write', true, definition)
}
